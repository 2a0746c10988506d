#pragma once
// The target of a request line (RFC 9112 section 3.2, RFC 3986) as path and query, percent-decoded. Pure.

#include "gateway/net/net_limits.hpp"
#include "gateway/rest/exchange.hpp"

#include <string_view>

namespace parley::gateway {

/// Fills path and query. errc::malformed for a target that is neither `/path` nor `http://host/path`, for a broken
/// percent escape, control characters or bytes that are not UTF-8 (also behind escapes), and too many parameters.
[[nodiscard]] result<void> read_target(std::string_view target, std::size_t parameters_max, http_request& into);

} // namespace parley::gateway
