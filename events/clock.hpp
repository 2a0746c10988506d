#pragma once
// Time as the log keeps it: UTC, whole milliseconds. The clock is injected, so that the simulation owns it; deciders
// read no clock at all, time comes in the command.

#include "events/errors.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace parley {

using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

/// Thread-safe. Wall-clock time; it may step back with the machine's clock.
class clock_source {
public:
  virtual ~clock_source() = default;
  [[nodiscard]] virtual time_point now() const noexcept = 0;
};

class system_clock_source final : public clock_source {
public:
  [[nodiscard]] time_point now() const noexcept override;
};

/// RFC 3339 in UTC with exactly three fractional digits: `2026-11-20T23:19:35.042Z`. Years 0 to 9999.
[[nodiscard]] std::string to_iso8601(time_point t);
/// Appends the same without allocating beyond `out`.
void append_iso8601(std::string& out, time_point t);
/// Reads what `to_iso8601` writes, also with 0 to 9 fractional digits and a `+hh:mm` offset. Else errc::invalid.
[[nodiscard]] result<time_point> parse_iso8601(std::string_view text);

} // namespace parley
