#pragma once
// Who is asking: the token of a request, and whether its login is in force. The account itself is asked each time, so
// that a logout holds at once.

#include "gateway/rest/call.hpp"

namespace parley::gateway {

/// Sets `c->who` and goes on with `then`, or refuses. Without a token: errc::unauthenticated when `required`, else goes
/// on with nobody. A cookie's Origin is checked on everything that writes.
void authenticate(const call_ptr& c, bool required, std::function<void()> then);

} // namespace parley::gateway
