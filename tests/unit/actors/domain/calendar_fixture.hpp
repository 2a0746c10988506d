#pragma once
// A provider (pia), a customer (carl) and their booking: in two days, an hour long, half of the price when cancelled
// later than a day before.

#include "actors/domain/bookings/calendar.hpp"
#include "tests/support/given_when_then.hpp"

namespace parley::test {

using namespace std::chrono_literals;
using domain::calendar;

inline const auto pia = caller("pia"), carl = caller("carl"), mallory = caller("mallory");
inline const auto nobody = caller("");
inline const auto start = noon + 48h;

inline domain::context at(domain::context who, time_point now) {
  who.now = now;
  return who;
}
inline booking_id booking(std::string_view name = "bk_00000001") { return domain::make_booking_id(name, {"pia"}); }

inline calendar::request asking(std::string_view name = "bk_00000001", time_point starts_at = start) {
  return {booking(name), {"pia"}, {"sv1"}, "Haircut", starts_at, 60, 3500, "EUR", 24, 50, "by the window"};
}
inline events::booking_requested requested(std::string_view name = "bk_00000001", time_point starts_at = start) {
  events::booking_requested b;
  b.id = booking(name);
  b.provider = {"pia"};
  b.customer = {"carl"};
  b.service = {"sv1"};
  b.title = "Haircut";
  b.starts_at = starts_at;
  b.ends_at = starts_at + 1h;
  b.price_minor = 3500;
  b.currency = "EUR";
  b.cancel_free_hours = 24;
  b.cancel_fee_percent = 50;
  b.status = "requested";
  b.payment = "pending";
  b.expires_at = std::min<time_point>(noon + 24h, starts_at);
  b.requested_at = noon;
  b.customer_name = "carl";
  b.note = "by the window";
  return b;
}
/// The booking after a step that costs `fee`.
inline events::booking_changed changed(const events::booking& before, std::string status, std::string by,
                                       std::uint64_t fee = 0, std::string reason = {}) {
  events::booking_changed e{before, before.status, {std::move(by)}, std::move(reason)};
  e.status = std::move(status);
  e.fee_minor = fee;
  e.expires_at = std::nullopt;
  return e;
}
inline events::booking_changed confirmed() { return changed(requested(), "confirmed", "pia"); }
inline events::booking_changed completed() { return changed(confirmed(), "completed", "pia"); }
inline calendar::change to(std::string status) { return {booking(), std::move(status), {}, {}}; }

} // namespace parley::test
