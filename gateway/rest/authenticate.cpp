#include "gateway/rest/authenticate.hpp"

#include "gateway/auth/credentials.hpp"
#include "gateway/auth/origins.hpp"

namespace parley::gateway {

void authenticate(const call_ptr& c, bool required, std::function<void()> then) {
  const auto sent = read_credentials(c->request);
  if (sent.token.empty()) {
    if (required) return c->refuse({errc::unauthenticated, {}, 0});
    return then();
  }
  const bool writes = c->request.method != "GET" && c->request.method != "HEAD";
  if (sent.cookie && writes)
    if (auto origin = check_origin(c->request, c->with.settings.cors_origins); !origin)
      return c->refuse(origin.error());
  c->by_cookie = sent.cookie;
  auto claims = c->with.tokens.verify_access(sent.token, c->with.clock.now());
  if (!claims) return c->refuse(claims.error());

  caller known{claims->user, claims->login, claims->name, claims->guest};
  domain::context by;
  by.now = c->with.clock.now();
  by.user = known.user;
  const auto stream = make_stream(domain::account::family, known.user.text);
  domain::account::check_login question{known.login};
  c->with.entities.ask(stream, request<domain::account>{
                                   question, by, {}, {}, reply{[c, known, then = std::move(then)](result<answer> a) {
                                     if (!a) return c->refuse(a.error());
                                     c->who = known;
                                     // The account knows the name in force; the token only the one of its day.
                                     c->who->name = domain::account::name_in(a->body, known.name);
                                     then();
                                   }}});
}

} // namespace parley::gateway
