#pragma once
// Time zones of the IANA database, as this machine's tzdata has them. Values; thread-safe. The database is read once a
// process, and its explicit transitions reach to 2037: Parley asks a year ahead.
//
// Local times that do not exist or come twice are read as RFC 5545 section 3.3.5 says: one that comes twice is its
// first coming, one that a change skips is reckoned with the offset before the change (02:30 that is not there is
// 03:30).

#include "events/clock.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace date {
class time_zone;
}

namespace parley::domain {

class time_zone {
public:
  /// By its exact name (`Europe/Berlin`, `UTC`); nullopt when there is none of that name, or not any more: a tzdata
  /// package drops old names now and then.
  [[nodiscard]] static std::optional<time_zone> find(std::string_view iana_name);
  static time_zone utc() { return time_zone{nullptr}; }

  /// The instant of `after_midnight` (0 to 24 h) on the wall clocks of that day.
  [[nodiscard]] time_point instant(std::chrono::local_days day, std::chrono::minutes after_midnight) const;
  /// False when the clocks jump over that time of that day.
  [[nodiscard]] bool exists(std::chrono::local_days day, std::chrono::minutes after_midnight) const;
  /// The date on the wall clocks at `t`.
  [[nodiscard]] std::chrono::local_days date_at(time_point t) const;

private:
  explicit time_zone(const date::time_zone* zone)
    : zone_{zone} {}
  const date::time_zone* zone_; ///< null: UTC, which needs no database
};

} // namespace parley::domain
