#pragma once
// Who is asking: the token or API key of a request, and whether it is in force. The account itself is asked each time,
// so that a logout, a revoked key or role holds at once.

#include "gateway/rest/call.hpp"

namespace parley::gateway {

/// Sets `c->who` and goes on with `then`, or refuses. Without a token: errc::unauthenticated when `required`, else goes
/// on with nobody. A cookie's Origin is checked on everything that writes.
void authenticate(const call_ptr& c, bool required, std::function<void()> then);

} // namespace parley::gateway
