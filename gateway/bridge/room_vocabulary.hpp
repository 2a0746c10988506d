#pragma once
// What is said to rooms alone: signaling, what members show of themselves, and what a host does. See vocabulary.hpp.

#include "gateway/bridge/addressing.hpp"

namespace parley::gateway {

[[nodiscard]] result<client_request> offer(const asked& a);
[[nodiscard]] result<client_request> answer(const asked& a);
[[nodiscard]] result<client_request> ice_candidate(const asked& a);

/// {roomId?, muted?, videoOff?, handRaised?}
[[nodiscard]] result<client_request> status(const asked& a);
/// {roomId?, emoji}, (roomId, emoji), or a bare emoji.
[[nodiscard]] result<client_request> reaction(const asked& a);

/// {roomId?, userId} under any of a target's names, (roomId, userId), or a bare id.
[[nodiscard]] result<client_request> admit(const asked& a);
[[nodiscard]] result<client_request> deny(const asked& a);
[[nodiscard]] result<client_request> kick(const asked& a);

} // namespace parley::gateway
