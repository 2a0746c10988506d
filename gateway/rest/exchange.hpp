#pragma once
// One HTTP request and its answer, without sockets: what the handlers see. Plain values, so that handlers are tested
// without a server.

#include "events/errors.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

struct http_request {
  std::string method;                                       ///< upper case
  std::string path;                                         ///< decoded, without query; starts with '/'
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded
  std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
  std::string body;
  std::string address; ///< the client's IP address
  /// Whoever keeps the answer back may want to know that nobody waits for it any more: `abandoned->told` is called, on
  /// the request's loop, when the client hangs up before. Null where nobody watches.
  struct abandonment {
    std::function<void()> told;
  };
  std::shared_ptr<abandonment> abandoned{};

  /// The first value of a header (name in lower case) or query parameter; empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Called exactly once, on the loop the request came in on.
using respond = std::function<void(http_response)>;

} // namespace parley::gateway
