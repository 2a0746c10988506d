#pragma once
// What the parts of a profile share when they are read: which members there may be, and names that are nearly right.
// Pure.

#include "gateway/profiles/located_json.hpp"

#include <initializer_list>
#include <optional>
#include <span>

namespace parley::gateway {

/// Where an object is expected; fails at the first member that is not among `known`. `what` names it: "a route".
[[nodiscard]] std::optional<file_fault> only_members(const located_json& in, std::string_view what,
                                                     std::initializer_list<std::string_view> known);

/// The one of `all` that is written almost as `name`; empty: none is.
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string_view> all);

} // namespace parley::gateway
