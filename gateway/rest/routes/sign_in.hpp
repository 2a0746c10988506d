#pragma once
// What everybody gets who signs in, however: tokens, who they are, and the cookie.

#include "gateway/rest/call.hpp"

namespace parley::gateway {

/// `a` is the account's reply to a command that opened or refreshed a login, which ends at `login_ends`:
/// {id, email?, name, token, refreshToken, expiresAt, user: {id, email?, name, guest?}}. errc::internal when it is
/// none.
[[nodiscard]] result<http_response> signed_in(const call& c, int status, const parley::answer& a,
                                              time_point login_ends);

/// The `token` cookie; an empty token takes it away.
[[nodiscard]] std::string token_cookie(const rest_settings& s, std::string_view token);

/// When a login that opens now ends.
[[nodiscard]] time_point login_end(const call& c);
/// The User-Agent, at most 256 bytes.
[[nodiscard]] std::string device_of(const call& c);

} // namespace parley::gateway
