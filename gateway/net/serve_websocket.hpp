#pragma once
// One WebSocket connection (RFC 6455): messages in, as long as its user takes them; frames out through one bounded
// queue; pings, deadlines, and one close path. Beast stays in its source. It ends itself; net_loop owns it.

#include "gateway/net/admission.hpp"
#include "gateway/net/net_loop.hpp"
#include "gateway/net/tcp_socket.hpp"

namespace parley::gateway {

/// Accepts a handshake that passed check_handshake for `offer.user`, in the place the HTTP connection `id` had on
/// `net`, whose loop this is. Where the user lives on another loop the connection moves there first.
void serve_websocket(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, http_request handshake,
                     upgrade_offer offer, admission::ticket ticket);

} // namespace parley::gateway
