#include "gateway/auth/tokens.hpp"

#include "events/assertion.hpp"
#include "events/json_writer.hpp"
#include "events/record.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <sodium.h>

namespace parley::gateway {
namespace {

using json = nlohmann::json;
using mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t token_bytes_max = 4096;
constexpr std::size_t id_bytes_max = 128;
constexpr std::string_view issuer = "parley";
/// What our own tokens start with; other orders and spacings of the same header are read, too.
constexpr std::string_view own_header = R"({"alg":"HS256","typ":"JWT"})";

mac mac_of(std::string_view key, std::string_view text) {
  mac out{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

std::string_view bytes_of(const mac& m) { return {reinterpret_cast<const char*>(m.data()), m.size()}; }

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    variant);
  out.pop_back(); // libsodium counts the terminating NUL
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                        &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<json> object_in(std::string_view base64url) {
  const auto text = from_base64url(base64url);
  if (!text) return std::nullopt;
  auto parsed = json::parse(*text, nullptr, false);
  // The claims are flat: whatever nests is none of ours. (A name may well hold brackets, so the text is not searched
  // for them; the signature was checked, and neither the parser nor its values recurse.)
  if (!parsed.is_object() || std::any_of(parsed.begin(), parsed.end(), [](const json& v) { return v.is_structured(); }))
    return std::nullopt;
  return parsed;
}

const std::string* text_at(const json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? nullptr : at->get_ptr<const std::string*>();
}

/// A NumericDate (RFC 7519 section 2), whole seconds within the years that `time_point` prints.
std::optional<time_point> date_at(const json& object, const char* key) {
  constexpr std::int64_t last = 253'402'300'799; // 9999-12-31T23:59:59Z
  const auto at = object.find(key);
  if (at == object.end() || !at->is_number_integer()) return std::nullopt;
  if (at->is_number_unsigned() && at->get<std::uint64_t>() > static_cast<std::uint64_t>(last)) return std::nullopt;
  const auto seconds = at->get<std::int64_t>();
  if (seconds < 0) return std::nullopt;
  return time_point{std::chrono::seconds{seconds}};
}

std::int64_t seconds_of(time_point t) { return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count(); }

tl::unexpected<error> refused() { return fail(errc::unauthenticated, "the token is not valid"); }

bool is_id(const std::string* id) { return id && !id->empty() && id->size() <= id_bytes_max; }

result<access_claims> read_claims(const json& c) {
  const auto* sub = text_at(c, "sub");
  const auto* user = text_at(c, "userId");
  const auto* sid = text_at(c, "sid");
  const auto* iss = text_at(c, "iss");
  const auto* name = text_at(c, "name");
  const auto issued = date_at(c, "iat"), expires = date_at(c, "exp");
  if (!is_id(sub) || !is_id(user) || *sub != *user || !is_id(sid) || !iss || *iss != issuer || !issued || !expires ||
      *expires <= *issued)
    return refused();
  const auto guest = c.find("guest");
  if (guest != c.end() && !guest->is_boolean()) return refused();
  return access_claims{{*user}, {*sid},  name ? *name : std::string{}, guest != c.end() && guest->get<bool>(),
                       *issued, *expires};
}

template <class Integer>
std::optional<Integer> number_in(std::string_view digits) {
  Integer n{};
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (bad != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return n;
}

} // namespace

token_service::token_service(std::string secret)
  : secret_{std::move(secret)} {
  PARLEY_ASSERT(sodium_init() >= 0);
  PARLEY_ASSERT(secret_.size() >= secret_bytes_min);
  const auto derive = [this](std::string_view purpose) { return std::string{bytes_of(mac_of(secret_, purpose))}; };
  refresh_key_ = derive("parley refresh tokens");
  resume_key_ = derive("parley resume secrets");
  email_key_ = derive("parley e-mail claims");
  fingerprint_key_ = derive("parley fingerprints");
}

std::string token_service::issue_access(const access_claims& c) const {
  std::string claims;
  json_writer{claims}
      .begin_object()
      .field("sub", c.user.text)
      .field("userId", c.user.text)
      .field("sid", c.login.text)
      .field("iat", seconds_of(c.issued_at))
      .field("exp", seconds_of(c.expires_at))
      .field("iss", issuer)
      .field("name", c.name)
      .field("guest", c.guest)
      .end_object();
  auto token = to_base64url(own_header) + '.' + to_base64url(claims);
  const auto signature = to_base64url(bytes_of(mac_of(secret_, token)));
  return token.append(1, '.').append(signature);
}

result<access_claims> token_service::verify_access(std::string_view token, time_point now) const {
  constexpr std::chrono::seconds skew{60}; // of a clock that stepped back since the token was made
  if (token.size() > token_bytes_max) return refused();
  const auto first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) return refused();
  // The signature first: nothing that somebody else wrote reaches the JSON parser.
  const auto signature = from_base64url(token.substr(last + 1));
  if (!signature || !same_bytes(*signature, bytes_of(mac_of(secret_, token.substr(0, last))))) return refused();
  const auto header = object_in(token.substr(0, first));
  if (!header) return refused();
  const auto* alg = text_at(*header, "alg");
  const auto* typ = text_at(*header, "typ");
  if (!alg || *alg != "HS256" || (header->contains("typ") && (!typ || *typ != "JWT")) || header->contains("crit"))
    return refused();
  const auto body = object_in(token.substr(first + 1, last - first - 1));
  if (!body) return refused();
  auto claims = read_claims(*body);
  if (!claims) return claims;
  if (claims->issued_at > now + skew) return refused();
  if (claims->expires_at <= now) return fail(errc::token_expired);
  return claims;
}

// A refresh token is base64url("user\nlogin\ngeneration\nexpiry") . base64url(MAC): opaque to whoever holds it.
std::string token_service::issue_refresh(const refresh_claims& c) const {
  const auto content = c.user.text + '\n' + c.login.text + '\n' + std::to_string(c.generation) + '\n' +
                       std::to_string(c.expires_at.time_since_epoch().count());
  return to_base64url(content) + '.' + to_base64url(bytes_of(mac_of(refresh_key_, content)));
}

result<refresh_claims> token_service::verify_refresh(std::string_view token, time_point now) const {
  const auto dot = token.find('.');
  if (token.size() > token_bytes_max || dot == std::string_view::npos) return refused();
  const auto content = from_base64url(token.substr(0, dot)), given = from_base64url(token.substr(dot + 1));
  if (!content || !given || !same_bytes(*given, bytes_of(mac_of(refresh_key_, *content)))) return refused();
  std::array<std::string_view, 4> parts;
  std::string_view rest = *content;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto end = i + 1 < parts.size() ? rest.find('\n') : rest.size();
    if (end == std::string_view::npos) return refused();
    parts[i] = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto generation = number_in<std::uint64_t>(parts[2]);
  const auto expires = number_in<std::int64_t>(parts[3]);
  if (!generation || !expires) return refused();
  refresh_claims claims{
      {std::string{parts[0]}}, {std::string{parts[1]}}, *generation, time_point{std::chrono::milliseconds{*expires}}};
  if (claims.expires_at <= now) return fail(errc::token_expired);
  return claims;
}

std::string token_service::issue_resume(const session_id& session, const user_id& user) const {
  return to_base64url(bytes_of(mac_of(resume_key_, session.text + '\n' + user.text)));
}

bool token_service::verify_resume(std::string_view resume, const session_id& session, const user_id& user) const {
  return same_bytes(resume, issue_resume(session, user));
}

stream_id token_service::email_stream(std::string_view normalised_email) const {
  return make_stream("email", to_hex(mac_of(email_key_, normalised_email)));
}

std::string token_service::fingerprint(std::string_view asked) const { return to_hex(mac_of(fingerprint_key_, asked)); }

} // namespace parley::gateway
