#pragma once
// The state machine of a booking: who may take which step, and when; what it costs; what time does by itself. Pure; the
// calendar (calendar.hpp) applies it.
//
//   requested -> confirmed (provider), declined (provider), expired (time), cancelled (customer)
//   confirmed -> completed (provider or time), no-show (provider), cancelled (either)
//   requested or confirmed -> requested at another time (customer: a booking that moves needs the provider's answer
//   anew)
//
// A customer cancels until the start, free of charge until `cancel_free_hours` before it; afterwards it costs
// `cancel_fee_percent` of the price, as a no-show does, rounded down: what is left over is the customer's. A provider
// cancels at any time and is never charged. What nobody said anything about a day after its end has taken place: money
// that is held must come to rest, and the customer may review.

#include "events/booking_events.hpp"
#include "events/errors.hpp"
#include "events/log/event_log.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace parley::domain {

inline constexpr std::size_t booking_id_bytes_max = 200;

inline constexpr std::chrono::hours answer_due_in{24};   ///< a request expires then, or at its start
inline constexpr std::chrono::hours completed_after{24}; ///< the end, if nobody says otherwise
inline constexpr std::array reminders{std::chrono::minutes{24 * 60}, std::chrono::minutes{60}}; ///< before the start
inline constexpr std::chrono::hours review_window{24 * 90};                                     ///< after the end
inline constexpr std::chrono::hours location_before{2}, location_after{1}; ///< live location: around the booking

namespace booking_status {
inline constexpr std::string_view requested = "requested", confirmed = "confirmed", declined = "declined",
                                  expired = "expired", cancelled = "cancelled", completed = "completed",
                                  no_show = "no-show";
} // namespace booking_status

[[nodiscard]] bool is_booking_status(std::string_view word);

enum class party { customer, provider, time };

/// Nothing when `who` may take the booking to `status` now. errc::invalid: no such status; errc::invalid_transition:
/// not from where it is, or not at this time; errc::forbidden: the other party may.
[[nodiscard]] result<void> check_step(const events::booking& b, std::string_view status, party who, time_point now);
/// Whether `who` may have brought the booking where it is: then asking again is content with it.
[[nodiscard]] bool is_own_step(const events::booking& b, party who);

/// The booking after that step, with what it costs.
[[nodiscard]] events::booking stepped(const events::booking& b, std::string_view status, party who, time_point now);
/// The booking asked for at another time.
[[nodiscard]] events::booking moved(const events::booking& b, time_point starts_at, time_point now);
[[nodiscard]] time_point answer_due(time_point asked_at, time_point starts_at);
/// Until then a customer cancels without a fee, and may ask for another time.
[[nodiscard]] time_point free_until(const events::booking& b);

/// Not to be booked by anybody else: asked for, agreed, or spent. What was completed before its end has been spent too.
[[nodiscard]] bool holds_time(const events::booking& b);
[[nodiscard]] bool is_over(const events::booking& b);
/// Asked for, and the answer is late: time has ended it, whether or not its timer fired yet.
[[nodiscard]] bool is_overdue(const events::booking& b, time_point now);

/// What must be set while the booking stands as it does; `timer::stream` left empty.
[[nodiscard]] std::vector<timer> timers_of(const events::booking& b);
[[nodiscard]] timer reminder_of(const events::booking& b, std::chrono::minutes before);

// --- ids -----------------------------------------------------------------------------------------------------------
// A booking's id carries its provider's, so that whoever has the id finds the calendar without asking a read model,
// which may be behind or away. The random half alone is unguessable; the provider is no secret of a booking's parties.

/// `own` is `bk_` and at least 8 characters.
[[nodiscard]] booking_id make_booking_id(std::string_view own, const user_id& provider);
/// Empty when this is no booking's id.
[[nodiscard]] user_id provider_of(const booking_id& id);
/// One review a booking: its id is made from the booking's, and back. Empty when it is none.
[[nodiscard]] review_id review_of(const booking_id& id);
[[nodiscard]] booking_id reviewed_by(const review_id& id);

} // namespace parley::domain
