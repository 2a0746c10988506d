#pragma once
// API keys of services: `pk_<account>_<secret>`, 262 random bits of which the first half names the account, so that a
// key is looked up without an index and ends with its account. Kept nowhere; the account knows the SHA-256. Pure.

#include "events/ids.hpp"
#include "events/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace parley::gateway {

struct api_key {
  std::string text; ///< what its service sends as a Bearer token (RFC 6750 section 2.1)
  user_id user;
  std::string digest; ///< SHA-256 of the text, lower-case hex
};

[[nodiscard]] api_key make_api_key(random_source& random);
/// Told by the prefix: no JWT begins so.
[[nodiscard]] bool is_api_key(std::string_view token) noexcept;
/// nullopt for what no key looks like.
[[nodiscard]] std::optional<api_key> read_api_key(std::string_view token);

} // namespace parley::gateway
