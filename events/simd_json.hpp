#pragma once
// The two halves of reading JSON, for those in this folder who keep only part of a text. A heavy header: for .cpp
// files.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <simdjson.h>
#include <string_view>

namespace parley {

/// The document is of this thread, and holds until the next call on it.
[[nodiscard]] simdjson::simdjson_result<simdjson::dom::element> parse_here(std::string_view text);

/// False when it lies deeper than `depth_left`.
[[nodiscard]] bool take_value(const simdjson::dom::element& from, nlohmann::json& to, std::size_t depth_left);

} // namespace parley
