#pragma once
// Ids as they come in paths: anything at all. Pure.

#include "events/ids.hpp"
#include "events/json_writer.hpp"

#include <algorithm>
#include <string_view>

namespace parley::gateway {

inline constexpr std::size_t id_bytes_max = 256; ///< as a stream's

/// False for what can be no id of anything: too long, not UTF-8, control characters.
[[nodiscard]] inline bool is_readable_id(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes_max && is_utf8(id) &&
         std::all_of(id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

/// Ids of rooms compare without case.
[[nodiscard]] inline room_id room_id_of(std::string_view typed) {
  room_id id{std::string{typed}};
  for (auto& c : id.text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return id;
}

} // namespace parley::gateway
