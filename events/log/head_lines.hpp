#pragma once
// The text of HEAD (schema/log-format.md): two lines, written in turn, so that a write that is cut off leaves the
// other. Pure.

#include "events/errors.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>

namespace parley::head_lines {

inline constexpr std::size_t line_bytes = 64, lines = 2;

[[nodiscard]] std::string line(position head);

struct found {
  std::optional<position> newest; ///< of the lines that check
  std::size_t next = 0;           ///< the line to write next: never the one that counts
};
/// Nothing in less than a line: the very first write was cut off, and before it nothing is acknowledged.
/// errc::corrupt when there are lines and none checks.
[[nodiscard]] result<found> parse(std::string_view bytes);

} // namespace parley::head_lines
