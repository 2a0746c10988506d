#include "actors/processes/booking_notices.hpp"

#include "actors/domain/bookings/booking_json.hpp"
#include "events/json_writer.hpp"
#include "events/random.hpp"

namespace parley::booking_notices {
namespace {

using domain::conversation;
using domain::inbox;

struct words {
  std::string_view status, title, told;
};
constexpr std::array known_steps{
    words{"confirmed", "Booking confirmed", "is confirmed"},
    words{"declined", "Booking declined", "was declined"},
    words{"expired", "Request expired", "was not answered in time"},
    words{"cancelled", "Booking cancelled", "was cancelled"},
    words{"completed", "Booking completed", "is completed"},
    words{"no-show", "Marked as a no-show", "was marked as a no-show"},
};

std::string day_and_time(time_point t) {
  auto text = to_iso8601(t).substr(0, 16); // to the minute
  text[10] = ' ';
  return text + " UTC";
}

struct reaction {
  const record& r;
  std::vector<errand> errands;

  void tell(const user_id& whom, std::string_view kind, std::string_view title, std::string body, std::string data) {
    // Of one event one notice to one person.
    const auto seed = r.stream.text + '#' + std::to_string(r.version) + '#' + whom.text;
    inbox::notify n{whom,           {derived_id(seed, "n_")}, std::string{kind}, std::string{title}, std::move(body),
                    std::move(data)};
    errands.push_back({make_stream(inbox::family, whom.text), inbox::command{std::move(n)}});
  }
  /// To the party that did not do it; to both when nobody did.
  void tell_others(const events::booking& b, const user_id& by, std::string_view kind, std::string_view title,
                   const std::string& body, const std::string& data) {
    for (const auto& whom : {b.provider, b.customer})
      if (whom != by) tell(whom, kind, title, body, data);
  }

  void operator()(const events::booking_requested& e) {
    conversation::open chat{{e.id.text}, e.customer, e.provider, e.id.text};
    errands.push_back({make_stream(conversation::family, e.id.text), conversation::command{std::move(chat)}});
    tell(e.provider, "booking-requested", "New booking request",
         e.customer_name + " asks for " + e.title + " at " + day_and_time(e.starts_at),
         domain::booking_json(e, r.time));
  }
  void operator()(const events::booking_changed& e) {
    for (const auto& step : known_steps) {
      if (step.status != e.status) continue;
      auto body = e.title + " at " + day_and_time(e.starts_at) + ' ' + std::string{step.told};
      if (!e.reason.empty()) body.append(": ").append(e.reason);
      tell_others(e, e.by, "booking-" + e.status, step.title, body,
                  domain::status_changed_json(e, e.was, e.by, e.reason, r.time));
    }
  }
  void operator()(const events::booking_rescheduled& e) {
    tell_others(e, e.by, "booking-rescheduled", "Another time is asked for",
                e.title + ": " + day_and_time(e.starts_at) + " instead of " + day_and_time(e.started_at),
                domain::status_changed_json(e, e.was, e.by, {}, r.time));
  }
  void operator()(const events::booking_reminded& e) {
    tell_others(e, {}, "reminder", "Coming up", e.title + " at " + day_and_time(e.starts_at),
                domain::booking_json(e, r.time));
  }
  void operator()(const events::review_written& e) {
    tell(e.provider, "review-written", "New review", e.customer_name + " gave " + std::to_string(e.rating) + " of 5",
         review_data(e));
  }
  void operator()(const events::review_replied& e) {
    tell(e.customer, "review-replied", "Your review was answered", e.text, review_data(e));
  }
  void operator()(const events::booking_settled&) {}

private:
  template <class Review>
  static std::string review_data(const Review& e) {
    std::string data;
    json_writer{data}
        .begin_object()
        .field("reviewId", e.review.text)
        .field("bookingId", e.booking.text)
        .field("serviceId", e.service.text)
        .end_object();
    return data;
  }
};

} // namespace

std::vector<errand> react(const record& r, const event& content) {
  reaction of{r, {}};
  if (const auto* happened = std::get_if<events::calendar_event>(&content)) std::visit(of, *happened);
  return std::move(of.errands);
}

} // namespace parley::booking_notices
