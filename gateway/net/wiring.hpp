#pragma once
// What the composition gives the network: who answers requests, who opens sessions, how an error looks. All of it is
// called on the connection's loop and must outlive the network.

#include "gateway/bridge/session_link.hpp"
#include "gateway/net/client_address.hpp"
#include "gateway/net/http_handler.hpp"

#include <functional>
#include <string>
#include <vector>

namespace parley::gateway {

struct network_wiring {
  http_handler handle;
  /// Reads a WebSocket handshake; an error is answered as JSON instead of the upgrade.
  std::function<result<hello>(const http_request&)> read_handshake;
  /// An error in the shape REST gives it. The request may be incomplete.
  std::function<http_response(const error&, const http_request&)> error_response;
  std::vector<session_opener*> openers; ///< one for each loop, in the loops' order
  const codec* with_aliases = nullptr;
  const codec* without_aliases = nullptr;
  std::vector<std::string> websocket_paths{"/ws"};
  address_ranges trusted_proxies{}; ///< whose X-Forwarded-For is believed
};

} // namespace parley::gateway
