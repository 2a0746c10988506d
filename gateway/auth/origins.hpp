#pragma once
// Which browser pages may speak to this server: the ones it serves itself (RFC 6454 origins whose host is the request's
// Host) and those an operator lists. Pure.

#include "gateway/rest/exchange.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// True for an origin of the list or of the server itself. False for "null" and for an empty one.
[[nodiscard]] bool is_allowed_origin(std::string_view origin, std::string_view host,
                                     const std::vector<std::string>& allowed);

/// errc::origin_not_allowed when a browser says that the request comes from a page that may not send it. What says
/// nothing at all is no browser: those send Origin or Sec-Fetch-Site with every write and WebSocket.
[[nodiscard]] result<void> check_origin(const http_request& request, const std::vector<std::string>& allowed);

} // namespace parley::gateway
