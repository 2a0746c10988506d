#pragma once
// Short-lived credentials for a TURN server that shares a secret with us (draft-uberti-behave-turn-rest-00 section 2.2,
// coturn's use-auth-secret): the user name says until when they hold, the password is a MAC of it. Pure.

#include "events/clock.hpp"
#include "events/ids.hpp"

#include <string>
#include <string_view>

namespace parley::gateway {

struct turn_credentials {
  std::string username; ///< `<seconds since 1970>:<user id>`
  std::string password; ///< base64(HMAC-SHA1(secret, username))
};

[[nodiscard]] turn_credentials make_turn_credentials(std::string_view secret, const user_id& user,
                                                     time_point expires_at);

} // namespace parley::gateway
