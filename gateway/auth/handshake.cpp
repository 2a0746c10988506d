#include "gateway/auth/handshake.hpp"

#include "gateway/auth/credentials.hpp"
#include "gateway/auth/origins.hpp"

namespace parley::gateway {

result<hello> read_handshake(const http_request& handshake, const std::vector<std::string>& allowed_origins) {
  constexpr std::size_t user_agent_bytes_max = 256;
  // CORS does not cover WebSockets: Origin is looked at whatever carries the token, because a page that holds none
  // would otherwise speak as a guest from its visitor's address.
  if (auto origin = check_origin(handshake, allowed_origins); !origin) return tl::make_unexpected(origin.error());
  hello h;
  h.token = handshake.parameter("token");
  if (h.token.empty()) h.token = read_credentials(handshake).token;
  h.session = handshake.parameter("session");
  h.resume = handshake.parameter("resume");
  h.address = handshake.address;
  h.user_agent = handshake.header("user-agent").substr(0, user_agent_bytes_max);
  h.aliases = handshake.parameter("aliases") != "none";
  return h;
}

} // namespace parley::gateway
