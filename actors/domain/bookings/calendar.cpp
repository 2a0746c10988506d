#include "actors/domain/bookings/calendar.hpp"

#include "actors/domain/bookings/booking_json.hpp"
#include "actors/domain/bookings/service.hpp"
#include "actors/domain/money.hpp"
#include "actors/domain/text.hpp"
#include "events/json_writer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace parley::domain {

namespace {

using decided = decision<calendar::event>;
namespace status = booking_status;

remote_signal to_inbox(const user_id& who, booking_signal what) {
  return {make_stream("inbox", who.text), std::move(what)};
}

/// Both parties look at the calendar with other eyes now. Whoever else looks at free slots asks again.
void tell_availability(decided& d, const events::booking* before, const events::booking& after, time_point now) {
  const bool same_time = before && before->starts_at == after.starts_at;
  if (before && same_time && holds_time(*before) == holds_time(after)) return;
  const auto body = availability_changed_json(after.provider, after.service, &after, !holds_time(after), now);
  for (const auto& who : {after.provider, after.customer})
    d.remote_signals.push_back(to_inbox(who, {booking_news::availability_changed, {}, {}, body}));
}

/// Adds what happens to a booking, with the timers that go and come.
template <class Event>
void add(decided& d, const events::booking* before, Event after, time_point now) {
  if (before)
    for (auto& t : timers_of(*before)) d.timers.push_back({false, std::move(t)});
  for (auto& t : timers_of(after))
    if (t.due > now) d.timers.push_back({true, std::move(t)});
  tell_availability(d, before, after, now);
  d.events.push_back(std::move(after));
}

/// On all devices of both parties.
void tell_status(decided& d, const events::booking& after, std::string_view was, std::string_view reason,
                 const context& by) {
  const auto body = status_changed_json(after, was, by.user, reason, by.now);
  for (const auto& who : {after.provider, after.customer})
    d.remote_signals.push_back(to_inbox(who, {booking_news::status_changed, by.user, by.session, body}));
}

void add_step(decided& d, const events::booking& b, std::string_view to, party who, std::string reason,
              const context& by) {
  auto after = stepped(b, to, who, by.now);
  tell_status(d, after, b.status, reason, by);
  add(d, &b, events::booking_changed{std::move(after), b.status, by.user, std::move(reason)}, by.now);
}

/// Nobody caused it but time, whoever's command found out.
void add_expiry(decided& d, const events::booking& b, context by) {
  by.user = {};
  by.session = {};
  add_step(d, b, status::expired, party::time, "nobody answered in time", by);
}

result<const calendar::entry*> find(const calendar::state& s, const booking_id& id) {
  const auto at = s.bookings.find(id);
  if (at == s.bookings.end()) return fail(errc::booking_not_found);
  return &at->second;
}

result<party> party_of(const events::booking& b, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.user == b.customer) return party::customer;
  if (by.user == b.provider) return party::provider;
  return fail(errc::forbidden, "this is somebody else's booking");
}

struct found {
  const calendar::entry* entry;
  party who;
};
result<found> find_own(const calendar::state& s, const booking_id& id, const context& by) {
  const auto entry = find(s, id);
  if (!entry) return tl::make_unexpected(entry.error());
  const auto who = party_of((*entry)->booking, by);
  if (!who) return tl::make_unexpected(who.error());
  return found{*entry, *who};
}

result<void> check_version(const calendar::entry& e, const std::optional<version>& if_match) {
  if (if_match && *if_match != e.seq) return fail(errc::precondition_failed);
  return {};
}

result<void> check_text(std::string_view text, std::size_t bytes_max, const std::string& what) {
  if (text.size() > bytes_max)
    return fail(errc::invalid, what + " is longer than " + std::to_string(bytes_max) + " bytes");
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return fail(errc::invalid, what + " is no text");
  return {};
}

// --- asking for a time ---------------------------------------------------------------------------------------------

result<void> check_start(time_point starts_at, time_point now) {
  if (starts_at <= now) return fail(errc::invalid, "startsAt must be in the future");
  if (starts_at > now + booked_ahead_max)
    return fail(errc::invalid, "startsAt must be within " + std::to_string(booked_ahead_max.count()) + " days");
  return {};
}

/// Whatever stands in the way of [from, to). Since nothing taken overlaps, their ends are in the order of their starts.
std::vector<const events::booking*> in_the_way(const calendar::state& s, time_point from, time_point to,
                                               const booking_id& except) {
  std::vector<const events::booking*> all;
  for (auto at = s.taken.lower_bound(to); at != s.taken.begin();) {
    const auto& b = s.bookings.at((--at)->second).booking;
    if (b.ends_at <= from) break;
    if (b.id != except) all.push_back(&b);
  }
  return all;
}

/// Clears requests that nobody answered out of the way; errc::slot_taken when anything else is there.
result<void> make_way(decided& d, const calendar::state& s, time_point from, time_point to, const booking_id& except,
                      const context& by) {
  const auto others = in_the_way(s, from, to, except);
  if (!std::all_of(others.begin(), others.end(), [&](const auto* b) { return is_overdue(*b, by.now); }))
    return fail(errc::slot_taken);
  for (const auto* b : others) add_expiry(d, *b, by);
  return {};
}

result<void> check_bounds(const calendar::state& s, const user_id& customer, time_point now) {
  std::size_t open = 0, own = 0, unanswered = 0;
  for (const auto& [id, e] : s.bookings) {
    if (is_over(e.booking)) continue;
    ++open;
    if (e.booking.customer != customer) continue;
    ++own;
    if (e.booking.status == booking_status::requested && !is_overdue(e.booking, now)) ++unanswered;
  }
  if (unanswered >= unanswered_of_customer_max)
    return fail(errc::conflict, "too many of your requests wait for this provider's answer");
  if (open >= bookings_open_max) return fail(errc::conflict, "the provider's calendar is full");
  if (own >= bookings_open_of_customer_max) return fail(errc::conflict, "you have too many open bookings here");
  return {};
}

result<void> check_request(const calendar::request& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.guest) return fail(errc::guests_not_allowed);
  if (c.provider.empty() || provider_of(c.id) != c.provider) return fail(errc::invalid, "this is no booking's id");
  if (!c.offered) return fail(errc::service_not_found, "the service is not offered any more");
  if (by.user == c.provider) return fail(errc::forbidden, "nobody books their own service");
  if (c.price_minor != 0 && !is_currency(c.currency))
    return fail(errc::wrong_currency, "the service's price is in a currency that is not in force");
  if (auto start = check_start(c.starts_at, by.now); !start) return start;
  if (c.minutes < 1 || c.minutes > duration_minutes_max) return fail(errc::invalid, "the duration is out of bounds");
  if (auto note = check_text(c.note, booking_note_bytes_max, "note"); !note) return note;
  if (!c.available) return fail(errc::outside_availability);
  return {};
}

events::booking_requested make_requested(const calendar::request& c, const context& by) {
  events::booking_requested b;
  b.id = c.id;
  b.provider = c.provider;
  b.customer = by.user;
  b.service = c.service;
  b.title = c.title;
  b.starts_at = c.starts_at;
  b.ends_at = c.starts_at + std::chrono::minutes{c.minutes};
  b.price_minor = c.price_minor;
  b.currency = c.currency;
  b.cancel_free_hours = c.cancel_free_hours;
  b.cancel_fee_percent = c.cancel_fee_percent;
  b.status = status::requested;
  b.payment = c.price_minor == 0 ? "none" : "pending";
  b.expires_at = answer_due(by.now, c.starts_at);
  b.requested_at = by.now;
  b.customer_name = by.name;
  b.note = c.note;
  return b;
}

result<decided> decide_one(const calendar::state& s, const calendar::request& c, const context& by) {
  if (const auto at = s.bookings.find(c.id); at != s.bookings.end()) {
    const auto& b = at->second.booking;
    if (b.customer == by.user && b.service == c.service && b.starts_at == c.starts_at) return decided{};
    return fail(errc::conflict, "there is another booking with this id");
  }
  if (auto fine = check_request(c, by); !fine) return tl::make_unexpected(std::move(fine.error()));
  if (auto bounds = check_bounds(s, by.user, by.now); !bounds) return tl::make_unexpected(std::move(bounds.error()));
  auto b = make_requested(c, by);
  decided d;
  if (auto way = make_way(d, s, b.starts_at, b.ends_at, c.id, by); !way)
    return tl::make_unexpected(std::move(way.error()));
  d.remote_signals.push_back(
      to_inbox(b.provider, {booking_news::requested, by.user, by.session, booking_json(b, by.now)}));
  add(d, nullptr, std::move(b), by.now);
  return d;
}

decided expire_and_refuse(const events::booking& b, const context& by) {
  decided d;
  add_expiry(d, b, by);
  d.refused_with = error{errc::invalid_transition, "nobody answered in time; the request has expired", 0};
  return d;
}

result<decided> decide_one(const calendar::state& s, const calendar::reschedule& c, const context& by) {
  const auto own = find_own(s, c.id, by);
  if (!own) return tl::make_unexpected(own.error());
  const auto& b = own->entry->booking;
  if (own->who != party::customer) return fail(errc::forbidden, "only the customer asks for another time");
  if (auto same = check_version(*own->entry, c.if_match); !same) return tl::make_unexpected(std::move(same.error()));
  if (is_overdue(b, by.now)) return expire_and_refuse(b, by);
  if (is_over(b)) return fail(errc::invalid_transition, "the booking is over");
  if (c.starts_at == b.starts_at) return decided{};
  if (b.status == status::confirmed && by.now > free_until(b))
    return fail(errc::invalid_transition, "it is too late to move this booking; it can be cancelled");
  if (by.now >= b.starts_at) return fail(errc::invalid_transition, "its time has begun");
  if (auto start = check_start(c.starts_at, by.now); !start) return tl::make_unexpected(std::move(start.error()));
  if (!c.available) return fail(errc::outside_availability);
  events::booking_rescheduled after{moved(b, c.starts_at, by.now), b.status, b.starts_at, by.user};
  decided d;
  tell_status(d, after, b.status, {}, by);
  if (auto way = make_way(d, s, after.starts_at, after.ends_at, b.id, by); !way)
    return tl::make_unexpected(std::move(way.error()));
  add(d, &b, std::move(after), by.now);
  return d;
}

// --- steps ---------------------------------------------------------------------------------------------------------

result<decided> take_step(const found& own, std::string_view to, const std::string& reason, const context& by) {
  const auto& b = own.entry->booking;
  auto line = clean_line(reason, booking_note_bytes_max, "reason");
  if (!line) return tl::make_unexpected(std::move(line.error()));
  if (is_overdue(b, by.now)) return expire_and_refuse(b, by);
  if (b.status == to && is_own_step(b, own.who)) return decided{};
  if (auto may = check_step(b, to, own.who, by.now); !may) return tl::make_unexpected(std::move(may.error()));
  decided d;
  add_step(d, b, to, own.who, std::move(*line), by);
  return d;
}

result<decided> decide_one(const calendar::state& s, const calendar::change& c, const context& by) {
  const auto own = find_own(s, c.id, by);
  if (!own) return tl::make_unexpected(own.error());
  if (auto same = check_version(*own->entry, c.if_match); !same) return tl::make_unexpected(std::move(same.error()));
  return take_step(*own, c.status, c.reason, by);
}

result<decided> decide_one(const calendar::state& s, const calendar::cancel& c, const context& by) {
  const auto own = find_own(s, c.id, by);
  if (!own) return tl::make_unexpected(own.error());
  if (auto same = check_version(*own->entry, c.if_match); !same) return tl::make_unexpected(std::move(same.error()));
  const auto& now = own->entry->booking.status;
  const bool declines = own->who == party::provider && (now == status::requested || now == status::declined);
  return take_step(*own, declines ? status::declined : status::cancelled, c.reason, by);
}

result<decided> decide_one(const calendar::state& s, const calendar::look& c, const context& by) {
  if (const auto own = find_own(s, c.id, by); !own) return tl::make_unexpected(own.error());
  return decided{};
}

/// How the booking is paid for after a step of the ledger; empty: the step says nothing new. Nothing goes back.
std::string_view payment_after(const events::booking& b, std::string_view step) {
  const bool open = b.payment == "pending" || b.payment == "held";
  if (step == "held" && b.payment == "pending") return "held";
  if (step == "refused" && b.payment == "pending") return "direct"; // paid for among themselves
  if (step == "posted" && open) return b.status == status::completed ? "paid" : "fee";
  if (step == "voided" && open) return "refunded";
  return {};
}

result<decided> decide_one(const calendar::state& s, const calendar::settle& c, const context& by) {
  if (!by.user.empty()) return fail(errc::forbidden);
  const auto entry = find(s, c.id);
  if (!entry) return decided{}; // over and long forgotten
  const auto payment = payment_after((*entry)->booking, c.step);
  decided d;
  if (payment.empty()) return d;
  events::booking_settled after{(*entry)->booking};
  after.payment = payment;
  d.events.push_back(std::move(after));
  return d;
}

// --- where the parties are
// ---------------------------------------------------------------------------------------------

std::string location_json(const calendar::share_location& c, const context& by) {
  auto told = nlohmann::ordered_json{{"bookingId", c.id.text}, {"userId", by.user.text}};
  told["lat"] = told["latitude"] = c.latitude;
  told["lng"] = told["longitude"] = c.longitude;
  told["timestamp"] = to_iso8601(by.now);
  return told.dump();
}

result<decided> decide_one(const calendar::state& s, const calendar::share_location& c, const context& by) {
  const auto own = find_own(s, c.id, by);
  if (!own) return tl::make_unexpected(own.error());
  const auto& b = own->entry->booking;
  // Written so that what is no number is refused, too.
  if (!(c.latitude >= -90 && c.latitude <= 90 && c.longitude >= -180 && c.longitude <= 180))
    return fail(errc::invalid, "lat must be -90 to 90, lng -180 to 180");
  if (b.status != status::confirmed || by.now < b.starts_at - location_before || by.now > b.ends_at + location_after)
    return fail(errc::invalid_transition, "a location is shared around the time of a confirmed booking");
  const auto& other = own->who == party::customer ? b.provider : b.customer;
  decided d;
  d.remote_signals.push_back(to_inbox(other, {booking_news::location, by.user, by.session, location_json(c, by)}));
  return d;
}

result<decided> decide_one(const calendar::state& s, const calendar::timer_fired& c, const context& by) {
  const auto colon = c.what.find(':');
  if (colon == std::string::npos) return decided{};
  const auto entry = find(s, {c.what.substr(colon + 1)});
  if (!entry) return decided{};
  const auto& b = (*entry)->booking;
  decided d;
  for (auto& t : timers_of(b)) {
    if (t.what != c.what || t.due > by.now) continue; // a timer of the booking as it was
    if (b.status == status::requested)
      add_expiry(d, b, by);
    else if (t == timers_of(b).back())
      add_step(d, b, status::completed, party::time, {}, by);
    else {
      const auto before = std::chrono::duration_cast<std::chrono::minutes>(b.starts_at - t.due);
      if (by.now < b.starts_at)
        d.events.push_back(events::booking_reminded{b, static_cast<std::uint32_t>(before.count())});
      d.timers.push_back({false, std::move(t)});
    }
  }
  return d;
}

// --- reviews -------------------------------------------------------------------------------------------------------

result<decided> decide_one(const calendar::state& s, const calendar::write_review& c, const context& by) {
  const auto own = find_own(s, c.id, by);
  if (!own) return tl::make_unexpected(own.error());
  const auto& b = own->entry->booking;
  if (own->who != party::customer) return fail(errc::forbidden, "nobody reviews themselves");
  if (c.rating < 1 || c.rating > 5) return fail(errc::invalid, "rating must be 1 to 5");
  if (auto comment = check_text(c.comment, review_comment_bytes_max, "comment"); !comment)
    return tl::make_unexpected(std::move(comment.error()));
  if (b.status != status::completed) return fail(errc::invalid_transition, "only a completed booking can be reviewed");
  if (own->entry->reviewed) return fail(errc::already_reviewed);
  if (by.now > b.ends_at + review_window) return fail(errc::invalid_transition, "it is too late for a review");
  decided d;
  d.events.push_back(events::review_written{review_of(b.id), b.id, b.service, b.provider, b.customer, c.rating,
                                            b.customer_name, c.comment});
  return d;
}

result<decided> decide_one(const calendar::state& s, const calendar::reply_to_review& c, const context& by) {
  const auto own = find_own(s, reviewed_by(c.id), by);
  if (!own || !own->entry->reviewed)
    return own || own.error().code == errc::booking_not_found ? fail(errc::review_not_found)
                                                              : tl::make_unexpected(own.error());
  const auto& b = own->entry->booking;
  if (own->who != party::provider) return fail(errc::forbidden, "the provider answers a review");
  if (c.text.empty()) return fail(errc::invalid, "text is empty");
  if (auto text = check_text(c.text, review_comment_bytes_max, "text"); !text)
    return tl::make_unexpected(std::move(text.error()));
  if (own->entry->replied) return fail(errc::conflict, "the review has an answer");
  decided d;
  d.events.push_back(events::review_replied{c.id, b.id, b.service, b.provider, b.customer, c.text});
  return d;
}

} // namespace

result<decision<calendar::event>> calendar::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

} // namespace parley::domain
