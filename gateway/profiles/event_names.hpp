#pragma once
// Parley's own event names (schema/asyncapi, to which a test holds this list): what a profile may map onto and from.

#include <span>
#include <string_view>

namespace parley::gateway {

/// What clients ask, with aliases.
[[nodiscard]] std::span<const std::string_view> asked_events() noexcept;
/// What clients are told, under first names only.
[[nodiscard]] std::span<const std::string_view> told_events() noexcept;

/// Names that Socket.IO keeps for itself: a client that got one would close.
[[nodiscard]] std::span<const std::string_view> reserved_events() noexcept;

} // namespace parley::gateway
