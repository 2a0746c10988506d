#include "gateway/rest/routes/sign_in.hpp"

#include "events/json_writer.hpp"

namespace parley::gateway {
namespace {

std::string text_at(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

} // namespace

std::string token_cookie(const rest_settings& s, std::string_view token) {
  std::string cookie{"token="};
  cookie.append(token).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
  cookie.append(std::to_string(token.empty() ? 0 : s.access_token_lifetime.count()));
  if (s.secure_cookies) cookie.append("; Secure");
  return cookie;
}

time_point login_end(const call& c) { return c.with.clock.now() + c.with.settings.refresh_token_lifetime; }

std::string device_of(const call& c) {
  constexpr std::size_t device_bytes_max = 256;
  auto device = std::string{c.request.header("user-agent").substr(0, device_bytes_max)};
  if (!is_utf8(device)) // cut within a character, or never text: only ASCII is sure to be
    std::erase_if(device, [](char x) { return static_cast<unsigned char>(x) > 0x7e; });
  return device;
}

result<http_response> signed_in(const call& c, int status, const parley::answer& a, time_point login_ends) {
  const auto account = nlohmann::json::parse(a.body, nullptr, false);
  if (!account.is_object()) return fail(errc::internal);
  const auto id = text_at(account, "id"), name = text_at(account, "name"), email = text_at(account, "email"),
             login = text_at(account, "loginId");
  const auto generation = account.find("generation");
  const auto guest_flag = account.find("guest");
  if (id.empty() || login.empty() || generation == account.end() || !generation->is_number_integer())
    return fail(errc::internal);
  const bool guest = guest_flag != account.end() && guest_flag->is_boolean() && guest_flag->get<bool>();

  // A token says whole seconds.
  const auto now = std::chrono::floor<std::chrono::seconds>(c.with.clock.now());
  const time_point ends = std::min<time_point>(now + c.with.settings.access_token_lifetime, login_ends);
  const auto token = c.with.tokens.issue_access({{id}, {login}, name, guest, now, ends});
  const auto refresh = c.with.tokens.issue_refresh({{id}, {login}, generation->get<std::uint64_t>(), login_ends});

  std::string who;
  json_writer user{who};
  user.begin_object().field("id", id);
  if (!email.empty()) user.field("email", email);
  user.field("name", name);
  if (guest) user.field("guest", true);
  user.end_object();
  std::string tokens;
  json_writer{tokens}
      .begin_object()
      .field("token", token)
      .field("refreshToken", refresh)
      .field("expiresAt", to_iso8601(ends))
      .key("user")
      .raw(who)
      .end_object();
  auto r = success(status, joined_objects(who, tokens));
  r.headers.emplace_back("Set-Cookie", token_cookie(c.with.settings, token));
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

} // namespace parley::gateway
