#pragma once
// What PeerJS clients and their server tell each other, one JSON object a text frame (schema/protocols.md, "PeerJS").
// Pure.

#include "events/errors.hpp"

#include <string>
#include <string_view>

namespace parley::gateway::peerjs {

inline constexpr std::size_t id_bytes_max = 128;

struct message {
  std::string type;
  std::string dst;     ///< empty: none
  std::string payload; ///< JSON text; empty: none
};

/// errc::malformed for what is no JSON object with a type, is too deep, or names a destination that is no id.
[[nodiscard]] result<message> parse_message(std::string_view text, std::size_t depth_max);

/// What is passed on from one peer to another at all.
[[nodiscard]] bool is_relayed(std::string_view type) noexcept;
/// What waits for a destination that is not there.
[[nodiscard]] bool is_queued(std::string_view type) noexcept;

/// `{type, src, dst, payload?}`. `type` is a word of the protocol.
[[nodiscard]] std::string relayed(const message& m, std::string_view src);
[[nodiscard]] std::string expired(std::string_view absent, std::string_view sender);
/// `{type, payload: {msg}}`.
[[nodiscard]] std::string told(std::string_view type, std::string_view msg);

} // namespace parley::gateway::peerjs
