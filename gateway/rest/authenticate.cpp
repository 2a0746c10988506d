#include "gateway/rest/authenticate.hpp"

#include "gateway/auth/api_keys.hpp"
#include "gateway/auth/credentials.hpp"
#include "gateway/auth/origins.hpp"

namespace parley::gateway {
namespace {

using domain::account;

/// Asks the account whether what was shown is in force; then it tells who that is.
void ask(const call_ptr& c, caller shown, account::command question, std::function<void()> then) {
  domain::context by;
  by.now = c->with.clock.now();
  by.user = shown.user;
  const auto stream = make_stream(account::family, shown.user.text);
  reply answered{[c, shown = std::move(shown), then = std::move(then)](result<answer> a) {
    if (!a) return c->refuse(a.error());
    auto now = account::profile_in(a->body);
    c->who = shown;
    // The account knows the name in force; the token only the one of its day.
    if (!now.name.empty()) c->who->name = std::move(now.name);
    c->who->roles = now.roles;
    then();
  }};
  c->with.entities.ask(stream, request<account>{std::move(question), by, {}, {}, std::move(answered)});
}

} // namespace

void authenticate(const call_ptr& c, bool required, std::function<void()> then) {
  const auto sent = read_credentials(c->request);
  if (sent.token.empty()) {
    if (required) return c->refuse({errc::unauthenticated, {}, 0});
    return then();
  }
  if (!sent.cookie && is_api_key(sent.token)) {
    auto key = read_api_key(sent.token);
    if (!key) return c->refuse({errc::unauthenticated, {}, 0});
    return ask(c, caller{key->user, {}, {}}, account::check_key{std::move(key->digest)}, std::move(then));
  }
  const bool writes = c->request.method != "GET" && c->request.method != "HEAD";
  if (sent.cookie && writes)
    if (auto origin = check_origin(c->request, c->with.settings.cors_origins); !origin)
      return c->refuse(origin.error());
  c->by_cookie = sent.cookie;
  const auto claims = c->with.tokens.verify_access(sent.token, c->with.clock.now());
  if (!claims) return c->refuse(claims.error());
  ask(c, caller{claims->user, claims->login, claims->name, claims->guest}, account::check_login{claims->login},
      std::move(then));
}

} // namespace parley::gateway
