#include "gateway/auth/api_keys.hpp"

#include "events/assertion.hpp"
#include "events/record.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::string_view key_prefix = "pk_", user_prefix = "svc_";
constexpr std::size_t random_characters = 22; // see random_id
constexpr std::size_t key_characters = key_prefix.size() + random_characters + 1 + random_characters;

bool is_base62(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

} // namespace

api_key make_api_key(random_source& random) {
  const auto account = random_id(random, {});
  auto made = read_api_key(random_id(random, std::string{key_prefix} + account + '_'));
  PARLEY_ASSERT(made.has_value());
  return std::move(*made);
}

bool is_api_key(std::string_view token) noexcept { return token.starts_with(key_prefix); }

std::optional<api_key> read_api_key(std::string_view token) {
  if (!is_api_key(token) || token.size() != key_characters) return std::nullopt;
  const auto account = token.substr(key_prefix.size(), random_characters);
  const auto secret = token.substr(key_characters - random_characters);
  if (token[key_prefix.size() + random_characters] != '_') return std::nullopt;
  if (!std::all_of(account.begin(), account.end(), is_base62) || !std::all_of(secret.begin(), secret.end(), is_base62))
    return std::nullopt;
  return api_key{std::string{token}, {std::string{user_prefix}.append(account)}, to_hex(sha256(token))};
}

} // namespace parley::gateway
