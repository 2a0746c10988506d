#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {
constexpr auto ann = R"({"email":" Ann@Example.ORG ","password":"correct horse","name":"Ann"})";
constexpr auto ann_signs_in = R"({"email":"ann@example.org","password":"correct horse"})";
} // namespace

TEST_CASE("signing up answers with who one is, tokens and a cookie") {
  server s;
  const auto a = s.ask("POST", "/api/auth/register", {}, ann);
  REQUIRE(a.status() == 201);
  CHECK(a.body["success"] == true);
  CHECK(a.text("email") == "ann@example.org");
  CHECK(a.text("name") == "Ann");
  CHECK(a.body["user"]["id"] == a.body["id"]);
  CHECK(a.body["user"]["email"] == "ann@example.org");
  CHECK(a.text("expiresAt") == "2026-11-22T00:00:00.000Z");
  CHECK(a.body.dump().find("hash") == std::string::npos);
  CHECK(a.header("Parley-Position") == std::to_string(s.entities.head));
  CHECK(a.header("Set-Cookie") == "token=" + a.text("token") + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400");
  const auto claims = s.tokens.verify_access(a.text("token"), s.clock.now());
  REQUIRE(claims);
  CHECK(claims->user.text == a.text("id"));
}

TEST_CASE("every alias of signing up and in serves the same") {
  server s;
  CHECK(s.ask("POST", "/api/auth/signup", {}, ann).status() == 201);
  CHECK(s.ask("POST", "/auth/signup", {}, R"({"email":"bob@example.org","password":"correct horse"})").status() == 201);
  for (const auto* path : {"/api/auth/login", "/api/auth/signin", "/auth/login", "/auth/login/"})
    CHECK(s.ask("POST", path, {}, ann_signs_in).status() == 200);
}

TEST_CASE("an address can be registered once") {
  server s;
  s.sign_up();
  const auto a = s.ask("POST", "/api/auth/register", {}, ann);
  CHECK(a.status() == 409);
  CHECK(a.text("code") == "email_taken");
}

TEST_CASE("weak passwords and bad addresses are refused by name") {
  server s;
  const auto refused = [&](const std::string& email, const std::string& password) {
    const auto a =
        s.ask("POST", "/api/auth/register", {}, nlohmann::json{{"email", email}, {"password", password}}.dump());
    CHECK(a.status() == 422);
    return a.text("code");
  };
  CHECK(refused("ann@example.org", "short") == "weak_password");
  CHECK(refused("ann@example.org", "ann@example.org") == "weak_password");
  CHECK(refused("ann@example.org", "password") == "weak_password");
  CHECK(refused("ann", "correct horse") == "invalid_email");
  CHECK(refused("ann@@example.org", "correct horse") == "invalid_email");
  CHECK(refused("ann@example", "correct horse") == "invalid_email");
  CHECK(refused("ann@example.org\r\nBcc: x@y.z", "correct horse") == "invalid_email");
}

TEST_CASE("signing in needs the password") {
  server s;
  s.sign_up();
  CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 200);
  const auto wrong = s.ask("POST", "/api/auth/login", {}, R"({"email":"ann@example.org","password":"wrong horse"})");
  CHECK(wrong.status() == 401);
  CHECK(wrong.text("error") == "Invalid credentials");
  CHECK(wrong.header("Set-Cookie").empty());
}

TEST_CASE("an unknown address is answered as a wrong password, after the same work") {
  server s;
  const auto a = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
  CHECK(a.status() == 401);
  CHECK(a.text("code") == "invalid_credentials");
  CHECK(s.passwords.verified == 1);
}

TEST_CASE("a wrong password counts against its address at that account, and against the account") {
  server s;
  s.sign_up();
  const auto claim = s.tokens.email_stream("ann@example.org").text;
  const std::vector<std::string> both{"guess 192.0.2.1 " + claim, "account guess " + claim};
  const auto wrong = R"({"email":"ann@example.org","password":"wrong horse"})";

  SECTION("a wrong one stays counted, the right one is given back") {
    s.counted.clear();
    CHECK(s.ask("POST", "/api/auth/login", {}, wrong).status() == 401);
    CHECK(std::vector<std::string>{s.counted.end() - 2, s.counted.end()} == both);
    CHECK(s.given_back.empty());
    CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 200);
    CHECK(s.given_back == both);
  }
  SECTION("an account that nobody has is limited alike") {
    s.ask("POST", "/api/auth/login", {}, R"({"email":"nobody@example.org","password":"wrong horse"})");
    CHECK(s.counted.back() == "account guess " + s.tokens.email_stream("nobody@example.org").text);
    CHECK(s.given_back.empty());
  }
  SECTION("one too many is refused before the password is looked at") {
    s.waits["guess"] = 7;
    const auto refused = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
    CHECK(refused.status() == 429);
    CHECK(refused.header("Retry-After") == "7");
    CHECK(s.passwords.verified == 0);
  }
  SECTION("one that the account refuses costs its address nothing") {
    s.waits["account guess"] = 1;
    CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 429);
    CHECK(s.given_back == std::vector{both[0]});
  }
  SECTION("the account refuses nobody at an address where the right password was given, the address still does") {
    CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 200);
    s.given_back.clear();
    s.waits["account guess"] = 1;
    CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 200);
    CHECK(s.given_back == std::vector{both[0]});
    CHECK(s.ask("POST", "/api/auth/login", {}, wrong).status() == 401);
    s.waits["guess"] = 7;
    CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 429);
  }
  SECTION("a wrong password makes nobody familiar") {
    CHECK(s.ask("POST", "/api/auth/login", {}, wrong).status() == 401);
    CHECK(s.familiar.empty());
  }
  SECTION("one that nobody could look at is given back") {
    SECTION("the claim cannot be read") { s.claims_fail = error{errc::log_unavailable, {}, 0}; }
    SECTION("the account does not answer") { s.entities.fails = error{errc::unavailable, {}, 1}; }
    SECTION("the account drops the question") { s.entities.drops = true; }
    SECTION("too many passwords wait") { s.passwords.full = true; }
    CHECK(s.ask("POST", "/api/auth/login", {}, wrong).status() == 503);
    CHECK(s.given_back == both);
  }
}

TEST_CASE("too many sign-ins at once are told to come back") {
  server s;
  s.sign_up();
  s.passwords.full = true;
  for (const auto* path : {"/api/auth/login", "/api/auth/register"}) {
    const auto a = s.ask("POST", path, {}, ann_signs_in);
    CHECK(a.status() == 503);
    CHECK(a.header("Retry-After") == "3");
  }
}

TEST_CASE("a sign-in that cannot look up the address says so") {
  server s;
  s.claims_fail = error{errc::log_unavailable, {}, 0};
  CHECK(s.ask("POST", "/api/auth/login", {}, ann_signs_in).status() == 503);
}

TEST_CASE("a guest needs only a name") {
  server s;
  const auto a = s.ask("POST", "/api/auth/guest", {}, R"({"name":"Visitor"})");
  REQUIRE(a.status() == 201);
  CHECK(a.body["user"]["guest"] == true);
  CHECK(a.body["user"]["name"] == "Visitor");
  CHECK(s.tokens.verify_access(a.text("token"), s.clock.now())->guest);
}

TEST_CASE("a guest's sign-up repeated with its key is the same guest, so a key that can be guessed is refused") {
  server s;
  const auto asked = R"({"name":"Visitor"})";
  const header_list key{{"idempotency-key", "5b6c1c1e-6c0e-4b52-9d4e-0a4c3c9f6a10"}};
  const auto first = s.ask("POST", "/api/auth/guest", key, asked);
  REQUIRE(first.status() == 201);
  const auto again = s.ask("POST", "/api/auth/guest", key, asked);
  CHECK(again.body["user"]["id"] == first.body["user"]["id"]);
  for (const auto* path : {"/api/auth/guest", "/api/rooms"}) {
    const auto guessable = s.ask("POST", path, {{"idempotency-key", "guest-1"}});
    CHECK(guessable.status() == 400);
    CHECK(guessable.text("detail").find("UUID") != std::string::npos);
  }
  CHECK(s.ask("POST", "/api/rooms", s.signed_up() + header_list{{"idempotency-key", "room-1"}}).status() == 201);
}

TEST_CASE("a refresh token works once; the second use ends the login") {
  server s;
  const auto first = s.sign_up();
  const auto body = nlohmann::json{{"refreshToken", first.text("refreshToken")}}.dump();
  const auto second = s.ask("POST", "/api/auth/refresh", {}, body);
  REQUIRE(second.status() == 200);
  CHECK(second.text("refreshToken") != first.text("refreshToken"));
  const auto reused = s.ask("POST", "/api/auth/refresh", {}, body);
  CHECK(reused.status() == 401);
  CHECK(reused.text("code") == "token_reused");
  const auto next = nlohmann::json{{"refreshToken", second.text("refreshToken")}}.dump();
  CHECK(s.ask("POST", "/api/auth/refresh", {}, next).text("code") == "session_revoked");
  CHECK(s.ask("DELETE", "/api/auth/sessions/x", server::bearer(second)).text("code") == "session_revoked");
}

TEST_CASE("a refresh repeated with its key is no reuse") {
  server s;
  const auto body = nlohmann::json{{"refreshToken", s.sign_up().text("refreshToken")}}.dump();
  const header_list key{{"idempotency-key", "r1"}};
  const auto first = s.ask("POST", "/api/auth/refresh", key, body);
  const auto again = s.ask("POST", "/api/auth/refresh", key, body);
  CHECK(again.status() == 200);
  CHECK(again.text("refreshToken") == first.text("refreshToken"));
}

TEST_CASE("forged, expired and foreign refresh tokens are refused") {
  server s;
  const auto a = s.sign_up();
  const auto refused = [&](const std::string& token) {
    return s.ask("POST", "/api/auth/refresh", {}, nlohmann::json{{"refreshToken", token}}.dump()).text("code");
  };
  CHECK(refused(a.text("token")) == "unauthenticated");
  CHECK(refused(a.text("refreshToken") + "A") == "unauthenticated");
  s.clock.at += std::chrono::hours{24 * 31};
  CHECK(refused(a.text("refreshToken")) == "token_expired");
}

TEST_CASE("a logout holds at once and takes the cookie away") {
  server s;
  const auto me = s.signed_up();
  const auto out = s.ask("POST", "/api/auth/logout", me);
  CHECK(out.status() == 200);
  CHECK(out.header("Set-Cookie").find("token=; ") == 0);
  CHECK_FALSE(out.header("Parley-Position").empty());
  CHECK(s.ask("GET", "/api/auth/me", me).text("code") == "session_revoked");
}

TEST_CASE("another device can be signed out") {
  server s;
  s.sign_up();
  const auto phone = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
  const auto laptop = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
  const auto sid = s.tokens.verify_access(phone.text("token"), s.clock.now())->login.text;
  s.reads.login_rows = {{{sid}, "phone", s.clock.at, s.clock.at, s.clock.at}};
  const auto devices = s.ask("GET", "/api/auth/sessions", server::bearer(laptop));
  REQUIRE(devices.body.is_array());
  CHECK(devices.body[0]["current"] == false);
  CHECK(s.ask("DELETE", "/api/auth/sessions/" + sid, server::bearer(laptop)).status() == 200);
  CHECK(s.ask("POST", "/api/auth/logout", server::bearer(phone)).status() == 401);
  CHECK(s.ask("POST", "/api/auth/logout", server::bearer(laptop)).status() == 200);
}

TEST_CASE("only a login of one's own can be ended, and a repeat with its key is told so again") {
  server s;
  const auto here = s.sign_up(), of_ben = s.sign_up("ben@example.org");
  const auto phone = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
  const auto path_of = [&](const answered& a) {
    return "/api/auth/sessions/" + s.tokens.verify_access(a.text("token"), s.clock.now())->login.text;
  };
  const auto end = [&](const std::string& path, const header_list& more = {}) {
    return s.ask("DELETE", path, server::bearer(here) + more);
  };
  CHECK(end("/api/auth/sessions/l_none").text("code") == "not_found");
  const header_list key{{"idempotency-key", "k1"}}, other_key{{"idempotency-key", "k2"}};
  CHECK(end(path_of(of_ben)).status() == 404);
  CHECK(end(path_of(of_ben), key).status() == 404);
  CHECK(end(path_of(of_ben), key).status() == 404);
  CHECK(s.ask("GET", "/api/lounges", server::bearer(of_ben)).status() == 200);
  CHECK(end(path_of(phone), other_key).status() == 200);
  CHECK(end(path_of(phone), other_key).status() == 200);
  CHECK(end(path_of(phone)).status() == 404);
  CHECK(s.ask("GET", "/api/lounges", server::bearer(phone)).status() == 401);
}

TEST_CASE("a login whose time is up can be ended: it is still listed") {
  server s;
  const auto phone = s.sign_up();
  const auto path = "/api/auth/sessions/" + s.tokens.verify_access(phone.text("token"), s.clock.now())->login.text;
  s.clock.at += std::chrono::hours{24 * 20};
  const auto laptop = s.ask("POST", "/api/auth/login", {}, ann_signs_in);
  s.clock.at += std::chrono::hours{24 * 11};
  const auto renewed =
      s.ask("POST", "/api/auth/refresh", {}, nlohmann::json{{"refreshToken", laptop.text("refreshToken")}}.dump());
  REQUIRE(renewed.status() == 200);
  CHECK(s.ask("DELETE", path, server::bearer(renewed)).status() == 200);
  CHECK(s.ask("DELETE", path, server::bearer(renewed)).status() == 404);
}

TEST_CASE("signing up again with the same key meets the same account") {
  server s;
  const header_list key{{"idempotency-key", "k1"}};
  const auto first = s.ask("POST", "/api/auth/register", key, ann);
  const auto again = s.ask("POST", "/api/auth/register", key, ann);
  CHECK(again.status() == 201);
  CHECK(again.text("id") == first.text("id"));
  const auto other =
      s.ask("POST", "/api/auth/register", key, R"({"email":"ann@example.org","password":"another horse"})");
  CHECK(other.status() == 422);
  CHECK(other.text("code") == "key_reused");
}

TEST_CASE("me is the caller with their address; without a token nobody") {
  server s;
  const auto a = s.sign_up();
  s.reads.user_rows = {{{a.text("id")}, "Ann", "ann@example.org", false, s.clock.at, 4}};
  const auto me = s.ask("GET", "/api/auth/me", server::bearer(a));
  CHECK(me.text("email") == "ann@example.org");
  CHECK(me.body["user"]["id"] == a.text("id"));
  CHECK(me.header("ETag") == "\"4\"");
  const auto nobody = s.ask("GET", "/api/auth/me");
  CHECK(nobody.status() == 401);
  CHECK(nobody.header("WWW-Authenticate") == "Bearer realm=\"parley\"");
}

TEST_CASE("a foreign page cannot sign its visitor in") {
  server s;
  for (const auto* path : {"/api/auth/guest", "/api/auth/register", "/api/auth/login", "/api/auth/refresh"}) {
    CAPTURE(path);
    const auto foreign = s.ask("POST", path, {{"origin", "https://evil.example"}});
    CHECK(foreign.status() == 403);
    CHECK(foreign.header("Set-Cookie").empty());
    CHECK(s.ask("POST", path, {{"sec-fetch-site", "cross-site"}}).status() == 403);
  }
  CHECK(s.ask("POST", "/api/auth/guest", {{"origin", "https://app.example.org"}}).status() == 201);
  CHECK(s.ask("POST", "/api/auth/guest", {{"origin", "http://parley.example.org"}}).status() == 201);
}
