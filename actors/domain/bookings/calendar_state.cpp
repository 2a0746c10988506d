// How a calendar is folded, kept and answered from; what may happen to it is decided in calendar.cpp.

#include "actors/domain/bookings/booking_json.hpp"
#include "actors/domain/bookings/calendar.hpp"
#include "actors/domain/snapshot_fields.hpp"

namespace parley::domain {

template <class Fields, class Entry>
requires std::same_as<std::remove_const_t<Entry>, calendar::entry>
void describe(Fields& f, Entry& e) {
  auto& b = e.booking;
  f("id", b.id), f("provider", b.provider), f("customer", b.customer), f("service", b.service);
  f("title", b.title), f("startsAt", b.starts_at), f("endsAt", b.ends_at), f("priceMinor", b.price_minor);
  f("currency", b.currency), f("cancelFreeHours", b.cancel_free_hours);
  f("cancelFeePercent", b.cancel_fee_percent), f("status", b.status), f("payment", b.payment);
  f("feeMinor", b.fee_minor), f("expiresAt", b.expires_at), f("requestedAt", b.requested_at);
  f("customerName", b.customer_name), f("note", b.note), f("seq", e.seq), f("reviewed", e.reviewed);
  f("replied", e.replied);
}

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, calendar::state>
void describe(Fields& f, State& s) { f("provider", s.provider), f("bookings", s.bookings), f("seq", s.seq); }

namespace {

// --- folding -------------------------------------------------------------------------------------------------------

void index(calendar::state& s, const booking_id& id, const calendar::entry& e) {
  if (holds_time(e.booking)) s.taken[e.booking.starts_at] = id;
  if (is_over(e.booking)) s.over.insert({e.seq, id});
}

void take_out(calendar::state& s, const booking_id& id, const calendar::entry& e) {
  if (const auto at = s.taken.find(e.booking.starts_at); at != s.taken.end() && at->second == id) s.taken.erase(at);
  s.over.erase({e.seq, id});
}

bool took_place(const events::booking& b) {
  return b.status == booking_status::completed || b.status == booking_status::no_show;
}

/// The oldest that are over go, but for time that is spent and still to come. What took place has a quota of its own:
/// who asks and cancels again and again pushes out nobody's review.
void forget(calendar::state& s, time_point when) {
  if (s.over.size() <= bookings_over_kept) return;
  for (const bool kind : {false, true}) {
    const auto is_kind = [&](const auto& one) { return took_place(s.bookings.at(one.second).booking) == kind; };
    auto count = static_cast<std::size_t>(std::ranges::count_if(s.over, is_kind));
    for (auto next = s.over.begin(); count > bookings_over_kept && next != s.over.end();) {
      const auto one = *next++;
      const auto at = s.bookings.find(one.second);
      if (!is_kind(one) || (holds_time(at->second.booking) && at->second.booking.ends_at > when)) continue;
      take_out(s, one.second, at->second);
      s.bookings.erase(at);
      --count;
    }
  }
}

void apply_booking(calendar::state& s, const events::booking& b, time_point when) {
  s.provider = b.provider;
  auto& e = s.bookings[b.id];
  take_out(s, b.id, e);
  e.booking = b;
  e.seq = s.seq;
  index(s, b.id, e);
  forget(s, when);
}

void apply(calendar::state& s, const events::review_written& e, time_point) {
  if (const auto at = s.bookings.find(e.booking); at != s.bookings.end()) at->second.reviewed = true;
}
void apply(calendar::state& s, const events::review_replied& e, time_point) {
  if (const auto at = s.bookings.find(e.booking); at != s.bookings.end()) at->second.replied = true;
}
template <std::derived_from<events::booking> Event>
void apply(calendar::state& s, const Event& e, time_point when) {
  apply_booking(s, e, when);
}

// --- answers -------------------------------------------------------------------------------------------------------

struct answer_writer {
  json_writer& out;
  const calendar::state& s;
  const context& by;

  void booking(const booking_id& id) const {
    const auto at = s.bookings.find(id);
    if (at == s.bookings.end()) return;
    write_booking(out, at->second.booking);
    out.field("version", at->second.seq);
  }
  void ids(const review_id& review, const events::booking& b) const {
    out.field("id", review.text).field("bookingId", b.id.text).field("serviceId", b.service.text);
    out.field("providerId", b.provider.text).field("customerId", b.customer.text);
  }
  template <class Command>
  void operator()(const Command& c) const {
    booking(c.id);
  }
  void operator()(const calendar::write_review& c) const {
    const auto& b = s.bookings.at(c.id).booking;
    ids(review_of(c.id), b);
    out.field("customerName", b.customer_name).field("rating", c.rating).field("comment", c.comment);
    out.field("createdAt", to_iso8601(by.now));
  }
  void operator()(const calendar::reply_to_review& c) const {
    ids(c.id, s.bookings.at(reviewed_by(c.id)).booking);
    out.key("reply").begin_object().field("text", c.text).field("createdAt", to_iso8601(by.now)).end_object();
  }
  void operator()(const calendar::share_location& c) const { out.field("bookingId", c.id.text); }
  void operator()(const calendar::timer_fired&) const {}
};

} // namespace

void calendar::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string calendar::reply(const state& after, const command& c, const context& by, version) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  std::visit(answer_writer{out, after, by}, c);
  out.end_object();
  return text;
}

std::string calendar::snapshot(const state& s) { return write_snapshot(s); }

result<calendar::state> calendar::restore(std::string_view text) {
  auto s = read_snapshot<state>(text);
  if (s)
    for (const auto& [id, e] : s->bookings) index(*s, id, e);
  return s;
}

} // namespace parley::domain
