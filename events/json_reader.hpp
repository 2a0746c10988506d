#pragma once
// How JSON is read: every text that comes from outside (frames, bodies) and every record of the log. One pass that
// checks UTF-8 and depth as well, by simdjson; what is kept of it is an nlohmann document.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tl/expected.hpp>

namespace parley {

enum class json_fault {
  syntax, ///< no JSON text (RFC 8259)
  number, ///< a number that is none (RFC 8259 section 6), or beyond what 64 bits or a double hold
  not_utf8,
  too_deep,
};

/// Reads one JSON text. An array or object may lie `depth_max` deep (at most 1000; the outermost is depth 1). Of
/// members with the same name the last counts. Never throws but for memory; each thread keeps a buffer of about ten
/// times the longest text it ever read, so bound texts before.
[[nodiscard]] tl::expected<nlohmann::json, json_fault> read_json(std::string_view text, std::size_t depth_max);

} // namespace parley
