#pragma once
// One WebSocket connection (RFC 6455): messages in, by credit and rate, to its session_link; frames out through one
// bounded queue; pings, deadlines, and one close path. Beast stays in its source. It ends itself; net_loop owns it.

#include "gateway/net/admission.hpp"
#include "gateway/net/net_loop.hpp"
#include "gateway/net/tcp_socket.hpp"

namespace parley::gateway {

/// Accepts a handshake that passed check_handshake, in the place the HTTP connection `id` had, and opens the session.
void serve_websocket(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, const http_request& handshake,
                     hello greeting, admission::ticket ticket);

} // namespace parley::gateway
