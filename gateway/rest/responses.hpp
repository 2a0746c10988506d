#pragma once
// How answers look: `success: true` in objects, bare arrays, errors with the members of RFC 9457 and those that the
// five front ends parse, and the headers that every answer carries. Pure.

#include "gateway/rest/exchange.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// `object` is JSON object text; `success: true` comes first in it.
[[nodiscard]] http_response success(int status, std::string_view object);
/// The same object flat and once more under `name`: {success, …, room: {…}}.
[[nodiscard]] http_response success_with(int status, std::string_view object, std::string_view name);
[[nodiscard]] http_response list(std::string array);
[[nodiscard]] http_response no_content(int status = 204);
/// application/problem+json when the request's Accept names it.
[[nodiscard]] http_response problem(const error& e, const http_request& request);

/// Says that a bucket is empty and in how many seconds it is not; `burst` is its size, 0: not shown.
void add_rate_limit_headers(http_response& r, unsigned burst, int wait_s);

/// Joins two JSON objects as text; keys must differ.
[[nodiscard]] std::string joined_objects(std::string_view first, std::string_view second);

/// What Helmet sets by default, on every answer; a header that is there already is stricter, and stays.
void add_security_headers(http_response& r);
/// For a request whose Origin is allowed; always Vary.
void add_cors_headers(http_response& r, const http_request& request, const std::vector<std::string>& allowed);
/// The answer to OPTIONS: 204 with what may be sent, or errc::origin_not_allowed for a foreign page.
[[nodiscard]] http_response preflight(const http_request& request, const std::vector<std::string_view>& methods,
                                      const std::vector<std::string>& allowed);
/// Takes out headers that would break the framing (control characters): input that got so far must not split answers.
void drop_unsafe_headers(http_response& r);

} // namespace parley::gateway
