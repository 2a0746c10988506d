#pragma once
// What the composition gives the network: who answers requests, who uses WebSockets, how an error looks. All of it is
// called on the connection's loop and must outlive the network.

#include "gateway/net/client_address.hpp"
#include "gateway/net/http_handler.hpp"
#include "gateway/net/line.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace parley::gateway {

/// What a sound WebSocket handshake is answered with.
struct upgrade_offer {
  /// Who uses the connection; null: `refusal` is answered instead of the upgrade.
  std::shared_ptr<line_user> user;
  /// Index of the loop the user lives on: the connection moves there.
  std::size_t loop = 0;
  std::vector<std::pair<std::string, std::string>> headers; ///< of the 101
  http_response refusal;
  bool hang_up = false; ///< with the refusal the connection ends
};

struct network_wiring {
  http_handler handle;
  /// Whether a request asks for a WebSocket, going by path and query; anything else goes to `handle`.
  std::function<bool(const http_request&)> is_websocket;
  /// Takes a handshake that passed check_handshake and came in on the loop of that index.
  std::function<upgrade_offer(const http_request&, std::size_t loop)> upgrade;
  /// An error in the shape REST gives it. The request may be incomplete.
  std::function<http_response(const error&, const http_request&)> error_response;
  address_ranges trusted_proxies{}; ///< whose X-Forwarded-For is believed
};

} // namespace parley::gateway
