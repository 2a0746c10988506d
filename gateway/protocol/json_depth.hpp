#pragma once
// How deep a JSON text nests, found by one scan before any document is built. Pure.

#include <cstddef>
#include <string_view>

namespace parley::gateway {

/// True when no array or object of `text` lies deeper than `depth_max` (the outermost is depth 1). Only brackets
/// outside of strings count; what is not JSON at all is left for the parser to refuse.
[[nodiscard]] bool nests_at_most(std::string_view text, std::size_t depth_max) noexcept;

} // namespace parley::gateway
