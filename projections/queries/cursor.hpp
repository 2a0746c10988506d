#pragma once
// Cursors of lists: where a page ended, as opaque URL-safe text. A cursor carries a checksum over itself and the list
// it is of, so one that was cut, edited or taken from another list is refused; what it holds is only ever a parameter.

#include "events/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace parley {

struct cursor {
  std::uint64_t number = 0; ///< at most 2^63 - 1
  std::string text, more;   ///< UTF-8 without NUL

  friend bool operator==(const cursor&, const cursor&) = default;
};

inline constexpr std::size_t cursor_bytes_max = 4096;

/// `list` names the list: its kind and filter.
[[nodiscard]] std::string encode_cursor(std::string_view list, const cursor& c);
/// errc::malformed unless it came from `encode_cursor` for the same list.
[[nodiscard]] result<cursor> decode_cursor(std::string_view list, std::string_view text);

} // namespace parley
