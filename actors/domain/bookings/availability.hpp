#pragma once
// When a service can be had: weekly hours on the wall clocks of a time zone, and dates on which other hours hold. Pure
// but for the machine's time zone database (time_zone.hpp), which only decisions and answers look at: nothing that is
// folded from the log depends on it.
//
// Hours that a clock change cuts or repeats keep the instants of their two ends (RFC 5545 section 3.3.5); hours whose
// end does not come after their beginning that day are not there.

#include "actors/domain/bookings/time_zone.hpp"

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

namespace parley::domain {

inline constexpr std::size_t hours_of_day_max = 24; ///< stretches of hours in one day
inline constexpr std::size_t exceptions_max = 366;
inline constexpr std::chrono::days slots_range_max{62};
inline constexpr std::size_t slots_max = 2000; ///< in one answer

/// From and to, in time after midnight: 0 to 24 h, from < to.
struct hours {
  std::chrono::minutes from{}, to{};
  friend bool operator==(const hours&, const hours&) = default;
};
using day_hours = std::vector<hours>; ///< in order, none over another

struct availability {
  std::string zone_name = "UTC";
  time_zone zone = time_zone::utc();
  std::array<day_hours, 7> weekly;                         ///< Monday first
  std::map<std::chrono::local_days, day_hours> exceptions; ///< in place of the weekly hours; empty: closed
};

/// A date of the calendar, as `2026-12-24`; years from 1970.
[[nodiscard]] std::optional<std::chrono::local_days> read_date(std::string_view text);

/// What holds until its provider says otherwise: any time. Every request waits for the provider's answer anyway.
[[nodiscard]] availability always();

/// Reads {timeZone, weekly: {monday: [{from, to}], …}, exceptions?: [{date, hours: […]}]}. errc::malformed for a wrong
/// shape, errc::invalid for a value: no such zone, day, date or time of day, an end before its beginning, hours or
/// exceptions one over the other, an exception at a local time that its date does not have.
[[nodiscard]] result<availability> read_availability(const nlohmann::json& rules);
/// The rules as they were stored: to_json's text; empty: never set. Never fails, whatever this machine's time zone
/// database has become since: a local time that its date has lost is reckoned as in weekly hours, and in a zone that is
/// not known any more nothing is open.
[[nodiscard]] availability stored_availability(const std::string& rules);
/// The same shape: all seven days, everything in order.
[[nodiscard]] std::string to_json(const availability& a);

struct interval {
  time_point from, to;
  friend auto operator<=>(const interval&, const interval&) = default;
};

/// Whether all of `when` is open; hours that touch (over midnight, too) are as one.
[[nodiscard]] bool covers(const availability& a, interval when);

struct slots {
  std::vector<interval> free;
  std::optional<time_point> more_from; ///< there were more than slots_max: the start of the next
};

/// What can be booked one by one: of every stretch of hours, `length` after `length` from its beginning and anew after
/// each busy time; started in [range.from, range.to) and after `now`. `busy` is in order and does not overlap. A range
/// beyond slots_range_max is cut.
[[nodiscard]] slots free_slots(const availability& a, interval range, std::chrono::minutes length,
                               std::span<const interval> busy, time_point now);

} // namespace parley::domain
