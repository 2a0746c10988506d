#pragma once
// One HTTP/1.1 request out of a stream of bytes (RFC 9112), strictly: whatever two servers might read differently is
// refused, so that nothing can be smuggled past a proxy. No sockets in it. Trailers are dropped.

#include "gateway/net/net_limits.hpp"
#include "gateway/rest/exchange.hpp"

#include <memory>
#include <string>

namespace parley::gateway {

class request_reader {
public:
  enum class step { need_more, done, failed };

  explicit request_reader(const net_limits& bounds);
  ~request_reader();

  /// Consumes the front of `in`; what follows the request stays there. After `failed` the connection must be closed.
  [[nodiscard]] step advance(std::string& in);

  /// The header is complete, the body is not.
  [[nodiscard]] bool in_body() const noexcept { return parser_ != nullptr; }
  /// The client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }
  /// The connection may serve another request.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  /// The method is HEAD: the request is shown as a GET, the answer goes out without its body.
  [[nodiscard]] bool head_only() const noexcept { return head_only_; }
  /// As far as it was read. `done`: all of it.
  [[nodiscard]] http_request& request() noexcept { return request_; }
  /// errc::malformed, too_large, header_too_large, method_not_allowed.
  [[nodiscard]] const error& failure() const noexcept { return failure_; }

private:
  struct parser;
  step refuse(errc code, std::string message);
  step read_header(std::string_view block);
  step read_body(std::string& in);

  const net_limits& bounds_;
  std::unique_ptr<parser> parser_; // from the end of the header to the end of the body
  http_request request_;
  error failure_;
  std::size_t scanned_ = 0; // of `in`, for the end of the header
  bool expects_continue_ = false, keep_alive_ = false, head_only_ = false;
};

} // namespace parley::gateway
