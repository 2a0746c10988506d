#include "gateway/auth/handshake.hpp"

#include "gateway/auth/origins.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

namespace {

http_request handshake() {
  http_request r;
  r.method = "GET";
  r.path = "/ws";
  r.headers = {{"host", "chat.example.org"}};
  r.address = "192.0.2.1";
  return r;
}
const std::vector<std::string> allowed{"https://app.example.org"};

} // namespace

TEST_CASE("a token comes as parameter, header or cookie, in that order") {
  auto r = handshake();
  CHECK(read_handshake(r, allowed)->token.empty());
  r.headers.emplace_back("cookie", "a=b; token=from-cookie; tokens=x");
  CHECK(read_handshake(r, allowed)->token == "from-cookie");
  r.headers.emplace_back("authorization", "bearer  from-header");
  CHECK(read_handshake(r, allowed)->token == "from-header");
  r.query.emplace_back("token", "from-parameter");
  CHECK(read_handshake(r, allowed)->token == "from-parameter");
}

TEST_CASE("session, resume, aliases and user agent are read") {
  auto r = handshake();
  r.query = {{"session", "s_1"}, {"resume", "secret"}, {"aliases", "none"}};
  r.headers.emplace_back("user-agent", std::string(1000, 'x'));
  const auto h = read_handshake(r, allowed);
  REQUIRE(h);
  CHECK(h->session == "s_1");
  CHECK(h->resume == "secret");
  CHECK(h->address == "192.0.2.1");
  CHECK_FALSE(h->aliases);
  CHECK(h->user_agent.size() == 256);
}

TEST_CASE("a page of the server's own or of the list may connect") {
  for (const auto* origin : {"https://chat.example.org", "http://chat.example.org", "https://app.example.org"}) {
    auto r = handshake();
    r.headers.emplace_back("origin", origin);
    CAPTURE(origin);
    CHECK(read_handshake(r, allowed));
  }
}

TEST_CASE("a foreign page may not connect") {
  for (const auto* origin : {"https://evil.example", "null", "https://chat.example.org.evil.example",
                             "https://chat.example.org:444", "http://app.example.org", "file://", "chat.example.org"}) {
    auto r = handshake();
    r.headers.emplace_back("origin", origin);
    CAPTURE(origin);
    const auto h = read_handshake(r, allowed);
    REQUIRE_FALSE(h);
    CHECK(h.error().code == errc::origin_not_allowed);
  }
}

TEST_CASE("a browser that hides its origin but says cross-site is refused") {
  auto r = handshake();
  r.headers.emplace_back("sec-fetch-site", "cross-site");
  CHECK_FALSE(check_origin(r, allowed));
}
