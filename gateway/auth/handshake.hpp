#pragma once
// What is read off a WebSocket's HTTP handshake, before anything is upgraded: token (?token=, Authorization: Bearer,
// `token` cookie; with the cookie Origin is checked), session and resume, aliases, user agent. Pure.

#include "gateway/bridge/session_link.hpp"
#include "gateway/rest/exchange.hpp"

#include <string>
#include <vector>

namespace parley::gateway {

/// errc::origin_not_allowed when a browser's Origin is neither the server's own (Host) nor in `allowed_origins`.
[[nodiscard]] result<hello> read_handshake(const http_request& handshake,
                                           const std::vector<std::string>& allowed_origins);

} // namespace parley::gateway
