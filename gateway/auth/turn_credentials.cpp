#include "gateway/auth/turn_credentials.hpp"

#include "events/assertion.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace parley::gateway {

turn_credentials make_turn_credentials(std::string_view secret, const user_id& user, time_point expires_at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(expires_at).time_since_epoch().count();
  turn_credentials c;
  c.username = std::to_string(seconds) + ':' + user.text;
  // SHA-1 is what the scheme says; a MAC does not need what is broken in it.
  std::array<unsigned char, 20> mac{};
  unsigned size = 0;
  const auto* made =
      HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(c.username.data()), c.username.size(), mac.data(), &size);
  PARLEY_ASSERT(made != nullptr && size == mac.size());
  std::array<unsigned char, 4 * ((20 + 2) / 3) + 1> text{}; // and a NUL
  const auto written = EVP_EncodeBlock(text.data(), mac.data(), static_cast<int>(mac.size()));
  c.password.assign(text.begin(), text.begin() + written);
  return c;
}

} // namespace parley::gateway
