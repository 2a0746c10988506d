#include "gateway/rest/rest_api.hpp"

#include "gateway/auth/origins.hpp"
#include "gateway/rest/authenticate.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/router.hpp"
#include "gateway/rest/routes/routes.hpp"

#include <algorithm>
#include <charconv>

namespace parley::gateway {
namespace {

constexpr std::size_t key_bytes_max = 255;

bool is_write(const http_request& r) { return r.method != "GET" && r.method != "HEAD"; }

/// By address.
const rest_limit* kind_of_limit(const rest_limits& limits, limited by) {
  switch (by) {
  case limited::as_auth: return &limits.auth_per_address;
  case limited::as_room_opening: return &limits.room_opens_per_address;
  default: return nullptr;
  }
}

result<void> read_write_headers(call& c) {
  const auto key = c.request.header("idempotency-key");
  if (key.size() > key_bytes_max || !std::all_of(key.begin(), key.end(), [](char x) { return x > 0x20 && x < 0x7f; }))
    return fail(errc::malformed, "Idempotency-Key takes 1 to 255 visible ASCII characters");
  c.idempotency_key = key;
  auto match = read_if_match(c.request);
  if (!match) return tl::make_unexpected(match.error());
  c.if_match = *match;
  auto body = read_body(c.request, c.with.settings.body_bytes_max, c.with.settings.json_depth_max);
  if (!body) return tl::make_unexpected(body.error());
  c.body = std::move(*body);
  return {};
}

result<void> read_after(call& c) {
  const auto text = c.request.header("parley-after");
  if (text.empty()) return {};
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), c.after);
  if (bad != std::errc{} || end != text.data() + text.size())
    return fail(errc::malformed, "Parley-After takes a position");
  // Nobody was told of it, so it would only take the place of a reader who waits for something.
  if (c.with.head && c.after > c.with.head())
    return fail(errc::read_model_behind, "Parley-After is beyond all that was written", 1);
  return {};
}

/// What a route asks of who was let in.
result<void> check_access(access asked, const caller& by) {
  if (asked == access::registered && by.guest) return fail(errc::guests_not_allowed);
  if (asked == access::operators && !by.roles.may_operate()) return fail(errc::forbidden, "for operators and services");
  if (asked == access::auditors && !by.roles.may_audit()) return fail(errc::forbidden, "for auditors and operators");
  return {};
}

void serve(const call_ptr& c, const route& r) {
  if (c->who) {
    if (!c->within(c->with.limits.requests_per_user, c->who->user.text)) return;
    if (auto fine = check_access(r.who, *c->who); !fine) return c->refuse(fine.error());
    if (r.by == limited::as_creation && !c->within(c->with.limits.creations_per_user, c->who->user.text)) return;
  }
  if (auto read = is_write(c->request) ? read_write_headers(*c) : read_after(*c); !read) return c->refuse(read.error());
  r.handle(c);
}

} // namespace

struct rest_api::state {
  rest_dependencies with;
  router routes;
};

void add_client_routes(router& to) {
  add_sign_in_routes(to);
  add_session_routes(to);
  add_user_routes(to);
  add_room_routes(to);
  add_meeting_routes(to);
  add_lounge_routes(to);
  add_moderation_routes(to);
  add_report_routes(to);
  add_people_routes(to);
  add_listing_routes(to);
  add_purchase_routes(to);
  add_wallet_routes(to);
  add_service_routes(to);
  add_booking_routes(to);
  add_review_routes(to);
  add_ice_routes(to);
  add_document_routes(to);
  add_page_routes(to);
  add_operation_routes(to);
}

rest_api::rest_api(rest_dependencies with)
  : rest_api{std::move(with), add_client_routes} {}

rest_api::rest_api(rest_dependencies with, void (*add)(router&))
  : state_{std::make_unique<state>(state{std::move(with), {}})} {
  add(state_->routes);
}

rest_api::~rest_api() = default;

void rest_api::operator()(http_request request, respond done) {
  const auto& with = state_->with;
  const auto c = std::make_shared<call>(with, std::move(request), std::move(done));
  auto match = state_->routes.find(c->request.method, c->request.path);
  const bool watched = !match.found || match.found->by != limited::not_at_all;
  if (watched && !c->within(with.limits.requests_per_address, c->request.address)) return;
  if (match.methods.empty()) return c->refuse({errc::not_found, {}, 0});
  if (c->request.method == "OPTIONS")
    return c->answer(preflight(c->request, match.methods, with.settings.cors_origins));
  if (!match.found) {
    auto r = problem({errc::method_not_allowed, {}, 0}, c->request);
    std::string allowed = "OPTIONS";
    for (const auto method : match.methods) allowed.append(", ").append(method).append(method == "GET" ? ", HEAD" : "");
    r.headers.emplace_back("Allow", allowed);
    return c->answer(std::move(r));
  }
  const auto& r = *match.found;
  c->captured = std::move(match.captured);
  if (const auto* limit = kind_of_limit(with.limits, r.by); limit && !c->within(*limit, c->request.address)) return;
  // Signing in sets a cookie: a foreign page must not sign its visitor in as somebody of its choice.
  if (r.by == limited::as_auth)
    if (auto origin = check_origin(c->request, with.settings.cors_origins); !origin) return c->refuse(origin.error());
  if (r.who == access::open) return serve(c, r);
  authenticate(c, r.who != access::known, [c, &r] { serve(c, r); });
}

} // namespace parley::gateway
