#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

TEST_CASE("an error carries the members of RFC 9457 and those of the five front ends") {
  server s;
  const auto a = s.ask("GET", "/api/rooms/nowhere");
  CHECK(a.response.content_type == "application/json");
  CHECK(a.body == nlohmann::json{{"type", "urn:parley:error:room_not_found"},
                                 {"title", "Room not found"},
                                 {"status", 404},
                                 {"detail", "Room not found"},
                                 {"code", "room_not_found"},
                                 {"success", false},
                                 {"error", "Room not found"},
                                 {"message", "Room not found"}});
  CHECK(s.ask("GET", "/nowhere", {{"accept", "text/html, application/Problem+JSON;q=0.9"}}).response.content_type ==
        "application/problem+json");
}

TEST_CASE("every answer carries the security headers, errors and preflights too") {
  server s;
  for (const auto& a : {s.ask("GET", "/livez"), s.ask("GET", "/nowhere"), s.ask("OPTIONS", "/api/rooms"),
                        s.ask("POST", "/api/auth/login", {}, "{")}) {
    CHECK(a.header("X-Content-Type-Options") == "nosniff");
    CHECK(a.header("X-Frame-Options") == "SAMEORIGIN");
    CHECK(a.header("Content-Security-Policy").find("default-src 'self'") == 0);
    CHECK(a.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains");
    CHECK(a.header("Vary") == "Origin");
  }
}

TEST_CASE("an unknown path is 404, an unknown method 405 with what is allowed") {
  server s;
  CHECK(s.ask("GET", "/api/nothing").text("code") == "not_found");
  CHECK(s.ask("GET", "/api/rooms/a/b/c").status() == 404);
  CHECK(s.ask("GET", "").status() == 404);
  const auto a = s.ask("PUT", "/api/rooms/x");
  CHECK(a.status() == 405);
  CHECK(a.header("Allow") == "OPTIONS, GET, HEAD, PATCH, DELETE");
  CHECK(s.ask("POST", "/metrics").status() == 405);
}

TEST_CASE("HEAD is a GET without its body") {
  server s;
  const auto a = s.ask("HEAD", "/livez");
  CHECK(a.status() == 200);
  CHECK(a.response.body.empty());
}

TEST_CASE("a preflight from an allowed page says what may be sent") {
  server s;
  const auto a = s.ask("OPTIONS", "/api/rooms/x",
                       {{"origin", "https://app.example.org"}, {"access-control-request-headers", "x-evil"}});
  CHECK(a.status() == 204);
  CHECK(a.header("Access-Control-Allow-Origin") == "https://app.example.org");
  CHECK(a.header("Access-Control-Allow-Credentials") == "true");
  CHECK(a.header("Access-Control-Allow-Methods") == "GET, PATCH, DELETE");
  CHECK(a.header("Access-Control-Allow-Headers").find("Idempotency-Key") != std::string::npos);
  CHECK(a.header("Access-Control-Allow-Headers").find("evil") == std::string::npos);
}

TEST_CASE("a preflight from a foreign page is refused, and its reads get no permission") {
  server s;
  const header_list foreign{{"origin", "https://evil.example"}};
  const auto a = s.ask("OPTIONS", "/api/rooms", foreign);
  CHECK(a.status() == 403);
  CHECK(a.header("Access-Control-Allow-Origin").empty());
  CHECK(s.ask("GET", "/livez", foreign).header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("a cookie authenticates; on writes its page must be allowed") {
  server s;
  const header_list cookie{{"cookie", "token=" + s.sign_up().text("token")}};
  CHECK(s.ask("POST", "/api/meetings", cookie + header_list{{"origin", "https://evil.example"}}).text("code") ==
        "origin_not_allowed");
  CHECK(s.ask("POST", "/api/meetings", cookie + header_list{{"origin", "null"}}).status() == 403);
  CHECK(s.ask("POST", "/api/meetings", cookie + header_list{{"sec-fetch-site", "cross-site"}}).status() == 403);
  CHECK(s.ask("POST", "/api/meetings", cookie + header_list{{"origin", "https://app.example.org"}}).status() == 201);
  CHECK(s.ask("POST", "/api/meetings", cookie + header_list{{"origin", "https://parley.example.org"}}).status() == 201);
  CHECK(s.ask("POST", "/api/meetings", cookie).status() == 201);
}

TEST_CASE("a refused cookie is taken away") {
  server s;
  const auto a = s.ask("GET", "/api/auth/me", {{"cookie", "token=nonsense"}});
  CHECK(a.status() == 401);
  CHECK(a.header("Set-Cookie").find("Max-Age=0") != std::string::npos);
}

TEST_CASE("forged, expired and swapped tokens are refused, on open reads too") {
  server s;
  const auto token = s.sign_up().text("token");
  const auto code = [&](const std::string& t) {
    return s.ask("GET", "/api/rooms/x", {{"authorization", "Bearer " + t}}).text("code");
  };
  CHECK(code(token + "x") == "unauthenticated");
  CHECK(code("eyJhbGciOiJub25lIn0" + token.substr(token.find('.'))) == "unauthenticated");
  CHECK(code(token_service{"another-secret-another"}.issue_access(*s.tokens.verify_access(token, s.clock.now()))) ==
        "unauthenticated");
  s.clock.at += std::chrono::hours{25};
  CHECK(code(token) == "token_expired");
}

TEST_CASE("a body that is no JSON object is refused by what is wrong with it") {
  server s;
  const auto me = s.signed_up();
  const auto refused = [&](std::string body, const header_list& more = {}) {
    return s.ask("POST", "/api/lounges", me + more, std::move(body)).status();
  };
  CHECK(refused("{") == 400);
  CHECK(refused("[]") == 400);
  const auto huge = s.ask("POST", "/api/lounges", me, R"({"name":"x","amountMinor":99999999999999999999})");
  CHECK(huge.status() == 400);
  CHECK(huge.text("detail").find("a number in the body is out of range") != std::string::npos);
  CHECK(refused("\"x\"") == 400);
  CHECK(refused("{\"name\":\"\xff\"}") == 400);
  CHECK(refused(R"({"name":"x","d":)" + std::string(40, '[') + std::string(40, ']') + "}") == 400);
  CHECK(refused(R"({"name":"x","d":)" + std::string(100'000, '[')) == 400);
  CHECK(refused(R"({"name":"x"})", {{"content-type", "text/plain"}}) == 415);
  CHECK(refused(R"({"name":"x"})", {{"content-type", "application/json; charset=latin1"}}) == 415);
  CHECK(refused(R"({"name":"x"})", {{"content-type", "Application/JSON; charset=UTF-8"}}) == 201);
  CHECK(refused(R"({"name":"a [[[[[ \" [[[[","name":"[[b"})") == 201);
  CHECK(refused(R"({"name":")" + std::string(1024 * 1024, 'x') + "\"}") == 413);
}

TEST_CASE("a key that is too long or not visible ASCII is malformed") {
  server s;
  const auto me = s.signed_up();
  for (const auto& key : {std::string(256, 'k'), std::string{"a b"}, std::string{"\xc3\xa9"}, std::string{"a\nb"}})
    CHECK(s.ask("POST", "/api/meetings", me + header_list{{"idempotency-key", key}}).status() == 400);
  CHECK(s.ask("POST", "/api/meetings", me + header_list{{"idempotency-key", std::string(255, 'k')}}).status() == 201);
}

TEST_CASE("a repeat of what is still under way is 409; the first gets its answer") {
  server s;
  const auto keyed = s.signed_up() + header_list{{"idempotency-key", "k1"}, {"host", "x"}};
  s.entities.holds_rooms = true;
  http_request first;
  first.method = "POST", first.path = "/api/rooms", first.headers = keyed, first.address = "192.0.2.1";
  std::optional<http_response> answered_first;
  s.api(first, [&](http_response r) { answered_first = std::move(r); });
  CHECK_FALSE(answered_first);
  const auto repeat = s.ask("POST", "/api/rooms", keyed);
  CHECK(repeat.status() == 409);
  CHECK(repeat.text("code") == "request_in_progress");
  REQUIRE(s.entities.held.size() == 1);
  s.entities.held[0](answer{R"({"roomId":"r"})", 200, 1, false});
  REQUIRE(answered_first);
  CHECK(answered_first->status == 201);
}

TEST_CASE("a limit refuses with when to come back") {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {"address", "GET", "/api/lounges"}, {"auth", "POST", "/api/auth/guest"}, {"opens", "POST", "/api/rooms"}};
  for (const auto& [kind, method, path] : cases) {
    server s;
    s.waits[kind] = 7;
    const auto a = s.ask(method, path);
    CAPTURE(kind);
    CHECK(a.status() == 429);
    CHECK(a.header("Retry-After") == "7");
    CHECK(a.header("RateLimit-Limit") == "50");
    CHECK(a.header("RateLimit-Remaining") == "0");
    CHECK(a.header("RateLimit-Reset") == "7");
    CHECK(s.counted.back() == kind + " 192.0.2.1");
  }
}

TEST_CASE("a user is limited wherever they come from; probes are not") {
  server s;
  const auto a = s.sign_up();
  s.waits["user"] = 2;
  CHECK(s.ask("GET", "/api/users", server::bearer(a)).status() == 429);
  CHECK(s.counted.back() == "user " + a.text("id"));
  s.waits["address"] = 2;
  CHECK(s.ask("GET", "/livez").status() == 200);
}

TEST_CASE("what lasts is made at a bounded rate by each user, and read at any") {
  server s;
  const auto a = s.sign_up();
  const auto me = server::bearer(a);
  s.counted.clear();
  CHECK(s.ask("POST", "/api/lounges", me, R"({"name":"Bar"})").status() == 201);
  CHECK(s.counted.back() == "creations " + a.text("id"));
  s.waits["creations"] = 7;
  for (const auto* path : {"/api/lounges", "/lounges", "/api/services", "/api/marketplace/listings"}) {
    CAPTURE(path);
    const auto refused = s.ask("POST", path, me, R"({"name":"Bar"})");
    CHECK(refused.status() == 429);
    CHECK(refused.text("code") == "rate_limited");
    CHECK(refused.header("Retry-After") == "7");
  }
  CHECK(s.ask("GET", "/api/lounges", me).status() == 200);
  CHECK(s.ask("POST", "/api/rooms", me).status() == 201);
  const auto guest = server::bearer(s.ask("POST", "/api/auth/guest", {}, R"({"name":"G"})"));
  CHECK(s.ask("POST", "/api/lounges", guest, R"({"name":"Bar"})").status() == 403);
}

TEST_CASE("a read does not wait for what nobody wrote") {
  server s;
  CHECK(s.ask("GET", "/api/rooms/a", {{"parley-after", "5001"}}).status() == 503);
  CHECK(s.ask("GET", "/api/rooms/a", {{"parley-after", "18446744073709551615"}}).status() == 503);
  CHECK(s.ask("GET", "/api/lounges", {{"parley-after", "5000"}}).status() == 200);
}

TEST_CASE("a read sees the caller's own writes, and what Parley-After asks for") {
  server s;
  const auto me = s.signed_up();
  s.ask("GET", "/api/lounges");
  CHECK(s.reads.at_least == 0);
  s.ask("GET", "/api/lounges", me);
  CHECK(s.reads.at_least == s.entities.head);
  const auto written = s.ask("POST", "/api/rooms", me);
  s.ask("GET", "/api/lounges", me);
  CHECK(std::to_string(s.reads.at_least) == written.header("Parley-Position"));
  s.ask("GET", "/api/lounges", me + header_list{{"parley-after", "5000"}});
  CHECK(s.reads.at_least == 5000);
  for (const auto* bad : {"-1", "x", "1x", "99999999999999999999"})
    CHECK(s.ask("GET", "/api/lounges", {{"parley-after", bad}}).status() == 400);
}

TEST_CASE("read models that are away or behind are 503, and writing goes on") {
  server s;
  const auto me = s.signed_up();
  s.reads.fails = error{errc::read_model_behind, {}, 0};
  const auto a = s.ask("GET", "/api/lounges", me);
  CHECK(a.status() == 503);
  CHECK(a.header("Retry-After") == "1");
  CHECK(s.ask("POST", "/api/rooms", me).status() == 201);
}

TEST_CASE("a request that an entity drops is answered all the same") {
  server s;
  const auto me = s.signed_up();
  s.entities.drops = true;
  CHECK(s.ask("GET", "/api/users", me).status() == 503);
}

TEST_CASE("what the client has already is 304") {
  server s;
  s.reads.lounge_rows = {{{"lg_1"}, "Corner", "tea", {"u_ann"}, 2, s.clock.at, 5}};
  const auto get = [&](const char* tag) { return s.ask("GET", "/api/lounges/lg_1", {{"if-none-match", tag}}); };
  CHECK(get("\"5\"").status() == 304);
  CHECK(get("\"5\"").response.body.empty());
  CHECK(get("\"5\"").header("ETag") == "\"5\"");
  CHECK(get("\"4\", W/\"5\"").status() == 304);
  CHECK(get("*").status() == 304);
  CHECK(get("\"4\"").status() == 200);
  CHECK(get("5").status() == 200);
}

TEST_CASE("If-Match that cannot be ours is refused before anything happens") {
  server s;
  const auto me = s.signed_up();
  const auto patch = [&](const char* tag) {
    return s.ask("PATCH", "/api/users/me", me + header_list{{"if-match", tag}}, R"({"name":"B"})").status();
  };
  CHECK(patch("\"x\"") == 412);
  CHECK(patch("W/\"2\"") == 412);
  CHECK(patch("2") == 412);
  CHECK(patch("\"1\", \"2\"") == 400);
  CHECK(patch("*") == 200);
}

TEST_CASE("lists are paged within bounds") {
  server s;
  s.ask("GET", "/api/lounges");
  CHECK(s.reads.asked.limit == 50);
  s.ask("GET", "/api/lounges?limit=200&cursor=abc_-");
  CHECK(s.reads.asked.limit == 200);
  CHECK(s.reads.asked.after == "abc_-");
  for (const auto* bad : {"0", "201", "-1", "x", "", "1e1"}) {
    CAPTURE(bad);
    CHECK(s.ask("GET", std::string{"/api/lounges?limit="} + bad).status() == 422);
  }
  for (const auto& bad :
       {std::string{}, std::string{"a b"}, std::string{"a\r\nb"}, std::string{"'--"}, std::string(513, 'a')}) {
    CAPTURE(bad);
    CHECK(s.ask("GET", "/api/lounges?cursor=" + bad).status() == 400);
  }
}

TEST_CASE("the next page is linked, and nothing of the request breaks out of the header") {
  server s;
  const auto me = s.signed_up();
  s.reads.next = "n1";
  CHECK(s.ask("GET", "/lounges").header("Link") == "</lounges?cursor=n1>; rel=\"next\"");
  CHECK(s.ask("GET", "/api/users?search=a>b\"&limit=2&cursor=n0", me).header("Link") ==
        "</api/users?search=a%3Eb%22&limit=2&cursor=n1>; rel=\"next\"");
  CHECK(s.ask("GET", "/lounges?x=a\r\nSet-Cookie: y", me).header("Link") ==
        "</lounges?x=a%0D%0ASet-Cookie%3A%20y&cursor=n1>; rel=\"next\"");
}

TEST_CASE("operations come from the composition") {
  server s;
  CHECK(s.ask("GET", "/livez").status() == 200);
  CHECK(s.ask("GET", "/realtime/health").status() == 200);
  CHECK(s.ask("GET", "/readyz").status() == 503);
  CHECK(s.ask("GET", "/metrics").response.body == "up 1\n");
}
