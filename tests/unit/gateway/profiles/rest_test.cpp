// A foreign request becomes one of ours, and our answer one of theirs.

#include "profiles.hpp"

using namespace parley;
using namespace parley::gateway;

namespace {

http_request request(std::string method, std::string path, std::string body = {}, text_pairs query = {}) {
  http_request r;
  r.method = std::move(method);
  r.path = std::move(path);
  r.body = std::move(body);
  r.query = std::move(query);
  return r;
}

mapped_request mapped(const profile& p, http_request& r) {
  auto m = p.map_request(r);
  REQUIRE(m.has_value());
  return std::move(*m);
}

http_response response(int status, std::string body) {
  http_response r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

const char* const chats = R"("rest": [
  {"from": "GET /threads/:id/messages", "to": "GET /api/messages", "query": {"with": "$path.id", "q": "$query.search", "limit": 200},
   "answer": {"data": {"$each": "$", "$to": {"id": "$item.id"}}, "nextCursor": "$next"}},
  {"from": "POST /threads/:id/messages", "to": "POST /api/messages", "body": {"receiverId": "$path.id", "content": "$.text"}, "status": 200},
  {"from": "PATCH /notes/:id/read", "to": "POST /api/notifications/:id/read", "answer": {"ok": true},
   "refusal": {"statusCode": "$.status", "message": "$.message"}},
  {"from": "POST /csrf", "answer": {"csrfToken": null, "of": "$.who"}}])";

} // namespace

TEST_CASE("a route that the profile does not name stays as it is, and so does its answer") {
  const auto p = made(chats);
  auto r = request("GET", "/api/rooms/a", "", {{"x", "1"}});
  const auto m = mapped(p, r);
  CHECK(m.rule == nullptr);
  CHECK(r.path == "/api/rooms/a");
  auto answer = response(201, R"({"a":1})");
  p.map_response(m, answer);
  CHECK(answer.status == 201);
  CHECK(answer.body == R"({"a":1})");
  auto other_method = request("DELETE", "/threads/7/messages");
  CHECK(mapped(p, other_method).rule == nullptr);
}

TEST_CASE("path, method and query are ours, what was not named of the query stays") {
  const auto p = made(chats);
  auto r = request("GET", "/threads/u_7/messages/", "", {{"cursor", "c"}, {"limit", "5"}, {"q", "gone"}});
  mapped(p, r);
  CHECK(r.method == "GET");
  CHECK(r.path == "/api/messages");
  CHECK(r.query == text_pairs{{"cursor", "c"}, {"with", "u_7"}, {"limit", "200"}});
  auto patch = request("PATCH", "/notes/n1/read");
  mapped(p, patch);
  CHECK(patch.method == "POST");
  CHECK(patch.path == "/api/notifications/n1/read");
}

TEST_CASE("a list is wrapped, and the cursor of its next page taken from the Link header") {
  const auto p = made(chats);
  auto r = request("HEAD", "/threads/u_7/messages");
  const auto m = mapped(p, r);
  CHECK(r.method == "HEAD");
  auto answer = response(200, R"([{"id":"m1","x":1}])");
  answer.headers.emplace_back("Link", "</api/messages?with=u_7&cursor=a%2Bb&limit=1>; rel=\"next\"");
  p.map_response(m, answer);
  CHECK(answer.body == R"({"data":[{"id":"m1"}],"nextCursor":"a+b"})");
  CHECK(answer.headers.size() == 1);
  auto last = response(200, "[]");
  p.map_response(m, last);
  CHECK(last.body == R"({"data":[]})");
}

TEST_CASE("bodies are reshaped, and one that is no JSON is left to the route") {
  const auto p = made(chats);
  auto r = request("POST", "/threads/u_7/messages", R"({"kind":"text","text":"hi","senderId":"u_1"})");
  const auto m = mapped(p, r);
  CHECK(json_of(r.body) == json_of(R"({"receiverId": "u_7", "content": "hi"})"));
  CHECK(r.header("content-type") == "application/json");
  auto answer = response(201, R"({"id":"m1"})");
  p.map_response(m, answer);
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"id":"m1"})");

  auto broken = request("POST", "/threads/u_7/messages", "{not json");
  mapped(p, broken);
  CHECK(broken.body == "{not json");
  auto empty = request("POST", "/threads/u_7/messages");
  mapped(p, empty);
  CHECK(empty.body == R"({"receiverId":"u_7"})");
}

TEST_CASE("successes and refusals have shapes of their own; an empty answer can become one with a body") {
  const auto p = made(chats);
  auto r = request("PATCH", "/notes/n1/read");
  const auto m = mapped(p, r);
  auto refused = response(404, R"({"status":404,"code":"not_found","message":"no"})");
  refused.content_type = "application/problem+json";
  p.map_response(m, refused);
  CHECK(refused.status == 404);
  CHECK(json_of(refused.body) == json_of(R"({"statusCode": 404, "message": "no"})"));
  CHECK(refused.content_type == "application/json");
  auto empty = response(204, "");
  p.map_response(m, empty);
  CHECK(empty.status == 200);
  CHECK(empty.body == R"({"ok":true})");
  auto text = response(200, "plain");
  text.content_type = "text/plain";
  p.map_response(m, text);
  CHECK(text.body == "plain");
  auto unchanged = response(304, "");
  p.map_response(m, unchanged);
  CHECK(unchanged.status == 304);
  CHECK(unchanged.body.empty());
}

TEST_CASE("a route without a target is answered at once") {
  const auto p = made(chats);
  auto r = request("POST", "/csrf", R"({"who":"me"})");
  const auto m = mapped(p, r);
  REQUIRE(m.at_once.has_value());
  CHECK(m.at_once->status == 200);
  CHECK(m.at_once->body == R"({"csrfToken":null,"of":"me"})");
  auto broken = request("POST", "/csrf", "{not json");
  CHECK(mapped(p, broken).at_once->body == R"({"csrfToken":null})");
}

TEST_CASE("a preflight is told their methods, when it asks about one of them") {
  const auto p = made(chats);
  auto r = request("OPTIONS", "/threads/u_7/messages");
  r.headers.emplace_back("access-control-request-method", "POST");
  CHECK(mapped(p, r).methods == std::vector<std::string_view>{"GET", "POST"});
  CHECK(r.path == "/threads/u_7/messages");
  r.headers.back().second = "DELETE";
  CHECK(mapped(p, r).methods.empty());
}

TEST_CASE("a hole takes one segment, and never one that leads elsewhere") {
  const auto p = made(chats);
  for (const auto* path : {"/threads//messages", "/threads/../messages", "/threads/./messages", "/threads/a/b/messages",
                           "/threads/a/messages/x", "/threads/a", "threads/a/messages", "/", ""}) {
    INFO(path);
    auto r = request("GET", path);
    CHECK(mapped(p, r).rule == nullptr);
    CHECK(r.path == path);
  }
}

TEST_CASE("a request that becomes too much is refused") {
  std::string list = "[\"$.a\"";
  for (int i = 0; i < 100; ++i) list += ", \"$.a\"";
  const auto p = made(R"("rest": [{"from": "POST /x", "to": "POST /y", "body": )" + list + "]}]");
  auto r = request("POST", "/x", R"({"a":")" + std::string(100'000, 'x') + "\"}");
  const auto m = p.map_request(r);
  REQUIRE_FALSE(m.has_value());
  CHECK(m.error().code == errc::too_large);
}
