#pragma once
// The bytes of an HTTP/1.1 response (RFC 9112). Pure.

#include "gateway/rest/exchange.hpp"

#include <chrono>
#include <string>

namespace parley::gateway {

struct response_shape {
  bool keep_alive = true; ///< false: says `Connection: close`
  bool head_only = false; ///< as answer to HEAD: all but the body
};

/// False when a header's name or value could break the response apart (CR, LF, other controls, an empty name).
[[nodiscard]] bool is_safe(const http_response& response) noexcept;

/// Content-Length, Connection and Date are written here: the same names in `response.headers` are left out. The
/// response must be safe.
[[nodiscard]] std::string write_response(const http_response& response, response_shape shape,
                                         std::chrono::sys_seconds now);

} // namespace parley::gateway
