#pragma once
// One HTTP connection: requests are read, answered one at a time in their order, and a WebSocket handshake hands the
// socket on. Every wait has a deadline and every buffer a bound (net_limits). It ends itself; its loop's net_loop owns
// it.

#include "gateway/net/admission.hpp"
#include "gateway/net/net_loop.hpp"
#include "gateway/net/tcp_socket.hpp"

namespace parley::gateway {

/// Serves `socket` on `net`'s loop, which is the one it is called on. `address` is the client's.
void serve_http(std::shared_ptr<net_loop> net, tcp_socket socket, std::string address, admission::ticket ticket);

} // namespace parley::gateway
