#include "gateway/rest/call.hpp"

#include "gateway/rest/conditions.hpp"

namespace parley::gateway {

call::call(const rest_dependencies& d, http_request r, respond done)
  : with{d}
  , request{std::move(r)}
  , done_{std::move(done)} {}

call::~call() {
  if (done_) refuse({errc::unavailable, {}, 1});
}

void call::answer(http_response r) {
  const auto done = std::exchange(done_, nullptr);
  if (!done) return;
  // A cookie that was refused would be sent again with everything; no script can take it away.
  if (r.status == 401 && by_cookie)
    r.headers.emplace_back("Set-Cookie", "token=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  add_security_headers(r);
  add_cors_headers(r, request, with.settings.cors_origins);
  drop_unsafe_headers(r);
  if (request.method == "HEAD") r.body.clear();
  done(std::move(r));
}

bool call::within(const rest_limit& limit, std::string_view key) {
  const int wait = limit.take ? limit.take(key) : 0;
  if (wait <= 0) return true;
  auto r = problem({errc::rate_limited, {}, wait}, request);
  add_rate_limit_headers(r, limit.burst, wait);
  answer(std::move(r));
  return false;
}

domain::context call::by() const {
  domain::context c;
  c.now = with.clock.now();
  if (who) {
    c.user = who->user;
    c.name = who->name;
    c.guest = who->guest;
  }
  c.cause = random_id(with.random, "c_");
  return c;
}

result<void> call::check_key_of_nobody() const {
  constexpr std::size_t random_key_bytes_min = 16;
  if (idempotency_key.empty() || idempotency_key.size() >= random_key_bytes_min) return {};
  return fail(errc::malformed, "without a token an Idempotency-Key takes at least 16 random characters, say a UUID: "
                               "whoever repeats it gets what it made");
}

std::optional<idempotency> call::once(std::string_view principal) const {
  if (idempotency_key.empty()) return std::nullopt;
  idempotency i;
  i.key.append(principal).append("|rest|").append(idempotency_key);
  i.fingerprint = with.tokens.fingerprint(request.method + '\n' + request.path + '\n' + request.body);
  i.refuse_while_pending = true;
  return i;
}

std::optional<std::string> call::seed(std::string_view purpose, std::string_view principal) const {
  if (idempotency_key.empty()) return std::nullopt;
  std::string text{purpose};
  text.append(1, '\n').append(principal).append(1, '\n').append(idempotency_key);
  return with.tokens.fingerprint(text);
}

std::string call::new_id(std::string_view prefix, std::string_view principal) const {
  const auto from = seed(prefix, principal);
  return from ? derived_id(*from, prefix) : random_id(with.random, prefix);
}

position call::at_least() const { return who ? std::max(after, with.writes.of(who->user)) : after; }

void call::wrote(const user_id& user, const parley::answer& a, http_response& r) const {
  if (a.at != 0 && !user.empty()) with.writes.wrote(user, a.at);
  // Nothing was written: what the caller wrote before is all there is to wait for.
  r.headers.emplace_back("Parley-Position", std::to_string(a.at != 0 ? a.at : with.writes.of(user)));
}

void answer_one(const call_ptr& c, std::string_view object, version v) {
  auto r = has_it_already(c->request, v) ? no_content(304) : success(200, object);
  r.headers.emplace_back("ETag", etag_of(v));
  r.headers.emplace_back("Cache-Control", "private, no-cache");
  c->answer(std::move(r));
}

} // namespace parley::gateway
