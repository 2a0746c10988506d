#pragma once
// What a WebSocket handshake must hold before anything is upgraded (RFC 6455 section 4.2.1). Pure.

#include "gateway/rest/exchange.hpp"

#include <string_view>

namespace parley::gateway {

inline constexpr std::string_view websocket_subprotocol = "parley.v1";

/// errc::malformed that says what is missing; errc::method_not_allowed for anything but GET.
[[nodiscard]] result<void> check_handshake(const http_request& request);
/// The client offers our subprotocol (it may also offer none).
[[nodiscard]] bool offers_subprotocol(const http_request& request);

} // namespace parley::gateway
