#include "gateway/rest/responses.hpp"

#include "events/json_writer.hpp"
#include "gateway/auth/origins.hpp"

#include <algorithm>
#include <array>

namespace parley::gateway {
namespace {

/// Codes whose title says too little for a front end that shows `error` alone.
bool is_generic(errc code) {
  switch (code) {
  case errc::malformed:
  case errc::invalid:
  case errc::conflict:
  case errc::forbidden:
  case errc::weak_password:
  case errc::too_large: return true;
  default: return false;
  }
}

bool names_problem_json(std::string_view accept) {
  constexpr std::string_view wanted = "application/problem+json";
  const auto at = std::search(accept.begin(), accept.end(), wanted.begin(), wanted.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
  return at != accept.end();
}

std::string_view inside(std::string_view object) { return object.substr(1, object.size() - 2); }

std::string comma_separated(const std::vector<std::string_view>& names) {
  std::string out;
  for (const auto name : names) {
    if (!out.empty()) out.append(", ");
    out.append(name);
  }
  return out;
}

} // namespace

std::string joined_objects(std::string_view first, std::string_view second) {
  const auto a = inside(first), b = inside(second);
  std::string out{"{"};
  out.append(a);
  if (!a.empty() && !b.empty()) out.push_back(',');
  return out.append(b).append(1, '}');
}

http_response success(int status, std::string_view object) {
  http_response r;
  r.status = status;
  r.body = joined_objects(R"({"success":true})", object);
  return r;
}

http_response success_with(int status, std::string_view object, std::string_view name) {
  std::string nested{"{\""};
  nested.append(name).append("\":").append(object).append(1, '}');
  return success(status, joined_objects(object, nested));
}

http_response list(std::string array) {
  http_response r;
  r.body = std::move(array);
  return r;
}

http_response no_content(int status) {
  http_response r;
  r.status = status;
  r.content_type.clear();
  return r;
}

http_response problem(const error& e, const http_request& request) {
  const auto& what = describe(e.code);
  http_response r;
  r.status = what.status;
  if (names_problem_json(request.header("accept"))) r.content_type = "application/problem+json";
  json_writer out{r.body};
  out.begin_object().field("type", std::string{"urn:parley:error:"}.append(what.code)).field("title", what.title);
  out.field("status", what.status).field("detail", text_of(e)).field("code", what.code).field("success", false);
  out.field("error", is_generic(e.code) ? text_of(e) : what.title).field("message", text_of(e)).end_object();
  if (e.retry_after_s > 0 || r.status == 429 || r.status == 503)
    r.headers.emplace_back("Retry-After", std::to_string(std::max(1, e.retry_after_s)));
  if (r.status == 401) r.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"parley\"");
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

void add_rate_limit_headers(http_response& r, unsigned burst, int wait_s) {
  if (burst > 0) r.headers.emplace_back("RateLimit-Limit", std::to_string(burst));
  r.headers.emplace_back("RateLimit-Remaining", "0");
  r.headers.emplace_back("RateLimit-Reset", std::to_string(wait_s));
}

void add_security_headers(http_response& r) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> helmet{{
      {"Content-Security-Policy",
       "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"
       "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: "
       "'unsafe-inline';upgrade-insecure-requests"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Origin-Agent-Cluster", "?1"},
      {"Referrer-Policy", "no-referrer"},
      {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-DNS-Prefetch-Control", "off"},
      {"X-Download-Options", "noopen"},
      {"X-Frame-Options", "SAMEORIGIN"},
      {"X-Permitted-Cross-Domain-Policies", "none"},
      {"X-XSS-Protection", "0"},
  }};
  for (const auto& [name, value] : helmet) {
    const auto same = [named = name](const auto& header) { return header.first == named; };
    if (std::none_of(r.headers.begin(), r.headers.end(), same)) r.headers.emplace_back(name, value);
  }
}

void add_cors_headers(http_response& r, const http_request& request, const std::vector<std::string>& allowed) {
  r.headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("origin");
  if (!is_allowed_origin(origin, request.header("host"), allowed)) return;
  r.headers.emplace_back("Access-Control-Allow-Origin", origin);
  r.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  r.headers.emplace_back(
      "Access-Control-Expose-Headers",
      "ETag, Link, Location, Parley-Position, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset");
}

http_response preflight(const http_request& request, const std::vector<std::string_view>& methods,
                        const std::vector<std::string>& allowed) {
  const auto origin = request.header("origin");
  if (!origin.empty() && !is_allowed_origin(origin, request.header("host"), allowed))
    return problem({errc::origin_not_allowed, {}, 0}, request);
  auto r = no_content();
  auto all = methods;
  all.push_back("OPTIONS");
  r.headers.emplace_back("Allow", comma_separated(all));
  if (origin.empty()) return r;
  r.headers.emplace_back("Access-Control-Allow-Methods", comma_separated(methods));
  // A fixed list: echoing what was asked for would put input into a header.
  r.headers.emplace_back("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Parley-After, "
                         "Parley-Profile");
  r.headers.emplace_back("Access-Control-Max-Age", "600");
  return r;
}

void drop_unsafe_headers(http_response& r) {
  std::erase_if(r.headers, [](const auto& header) {
    return std::any_of(header.second.begin(), header.second.end(),
                       [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
  });
}

} // namespace parley::gateway
