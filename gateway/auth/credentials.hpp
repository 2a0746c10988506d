#pragma once
// Where a request carries its token: the Authorization header, else the `token` cookie. Pure.

#include "gateway/rest/exchange.hpp"

#include <string>

namespace parley::gateway {

struct credentials {
  std::string token;   ///< empty: none was sent
  bool cookie = false; ///< a browser sent it by itself, so Origin must be looked at
};
[[nodiscard]] credentials read_credentials(const http_request& request);

/// The value of a cookie (RFC 6265 section 4.2), empty when there is none.
[[nodiscard]] std::string_view cookie_value(const http_request& request, std::string_view name) noexcept;

} // namespace parley::gateway
