// Given this profile and this message, that comes out: inbound, outbound and acks.

#include "profiles.hpp"

using namespace parley;
using namespace parley::gateway;

TEST_CASE("what a profile does not name passes unchanged, both ways") {
  const auto p = made("");
  CHECK(asked(p, "join-room", R"([{"roomId": "a"}])") == R"(join-room [{"roomId":"a"}])");
  CHECK(asked(p, "nobody knows", R"([1, 2])") == "nobody knows [1,2]");
  CHECK_FALSE(p.maps("typing"));
  CHECK(told(p, "typing", R"({"isTyping":true})") == lines{R"(typing [{"isTyping":true}])"});
  CHECK(told(p, "offer-received", "{}", "/", "offer") == lines{"offer-received [{}]", "offer [{}]"});
  CHECK(p.namespaces() == std::vector<std::string>{"/"});
  CHECK(p.answer("x", "{}") == std::nullopt);
}

TEST_CASE("a rule that is a name renames, and leaves the arguments alone") {
  const auto p = made(R"("in": {"enter": "join-room"}, "out": {"room-joined": "entered"})");
  CHECK(asked(p, "enter", R"(["a", {"x": 1}])") == R"(join-room ["a",{"x":1}])");
  CHECK(told(p, "room-joined", R"({"roomId":"a"})", "/", "alias") == lines{R"(entered [{"roomId":"a"}])"});
}

TEST_CASE("positional arguments are reached by their places, fields by their names") {
  const auto p = made(R"("in": {"say": {"event": "send-message", "args": [{"roomId": "$0", "text": "$1.text"}]}})");
  CHECK(asked(p, "say", R"(["a", {"text": "hi"}])") == R"(send-message [{"roomId":"a","text":"hi"}])");
  CHECK(asked(p, "say", R"([["a", {"text": "hi"}]])") == R"(send-message [{"roomId":"a","text":"hi"}])"); // native
  CHECK(asked(p, "say", "[]") == "send-message [{}]");
}

TEST_CASE("arguments that lead to nothing are null, and at the end they are left out") {
  const auto p = made(R"("in": {"say": {"event": "send-message", "args": ["$.a", "$.b", "$.c"]}})");
  CHECK(asked(p, "say", R"([{"b": 1}])") == "send-message [null,1]");
  CHECK(asked(p, "say", "[]") == "send-message []");
}

TEST_CASE("ack and auth of a message stay as they are") {
  const auto p = made(R"("in": {"enter": {"event": "join-room", "args": ["$"]}})");
  client_message m{"enter", json_of(R"(["a"])"), 7, json_of(R"({"token": "t"})")};
  const auto mapped = p.inbound(m, "/");
  REQUIRE(mapped.has_value());
  REQUIRE(mapped->has_value());
  CHECK((*mapped)->ack == 7);
  CHECK((*mapped)->auth == m.auth);
}

TEST_CASE("the first rule whose condition holds is the one; none is a refusal") {
  const auto p = made(R"("in": {"decide": [{"event": "admit", "if": {"$.allow": true}, "args": ["$.who"]},
                                           {"event": "deny", "if": {"$.allow": [false, "no", null]}, "args": ["$.who"]}]})");
  CHECK(asked(p, "decide", R"([{"allow": true, "who": "u"}])") == R"(admit ["u"])");
  CHECK(asked(p, "decide", R"([{"allow": "no", "who": "u"}])") == R"(deny ["u"])");
  CHECK(asked(p, "decide", R"([{"allow": null, "who": "u"}])") == R"(deny ["u"])");
  CHECK(asked(p, "decide", R"([{"who": "u"}])") == "refused: malformed");
  CHECK(asked(p, "decide", R"(["bare"])") == "refused: malformed");
}

TEST_CASE("null drops an event") {
  const auto p = made(R"("in": {"setup": null, "join-room": {"event": null, "if": {"$.x": {"present": false}}}},
                         "out": {"connected": null})");
  CHECK(asked(p, "setup", R"(["u_1"])") == "dropped");
  CHECK(asked(p, "join-room", "[{}]") == "dropped");
  CHECK(p.maps("connected"));
  CHECK(told(p, "connected", "{}").empty());
}

TEST_CASE("one push becomes as many events as there are rules that apply") {
  const auto p = made(R"("out": {"status": [
      {"event": "audio", "if": {"$.muted": {"present": true}}, "args": [{"muted": "$.muted"}]},
      {"event": "video", "if": {"$.off": {"not": null}}, "args": ["$.off"]},
      {"event": "both", "if": {"$.muted": {"not": [false, "x"]}, "$.who": "$.other"}, "args": []}]})");
  CHECK(told(p, "status", R"({"muted":true,"off":1,"who":7,"other":7})") ==
        lines{R"(audio [{"muted":true}])", "video [1]", "both []"});
  CHECK(told(p, "status", R"({"muted":false,"off":null})") == lines{R"(audio [{"muted":false}])"});
}

TEST_CASE("an event for each member of a list") {
  const auto p = made(R"("out": {"room-joined": [
      {"event": "already", "each": "$.users", "if": {"$item.id": {"not": "$.sessionId"}}, "args": ["$item.id", "$.roomId"]},
      {"event": "joined"}]})");
  CHECK(told(p, "room-joined", R"({"roomId":"a","sessionId":"s","users":[{"id":"s"},{"id":"t"},{"id":"u"}]})") ==
        lines{R"(already ["t","a"])", R"(already ["u","a"])",
              R"(joined [{"roomId":"a","sessionId":"s","users":[{"id":"s"},{"id":"t"},{"id":"u"}]}])"});
  CHECK(told(p, "room-joined", R"({"users":7})") == lines{R"(joined [{"users":7}])"});
}

TEST_CASE("a push that becomes too much is an error, and nothing of it is told") {
  const auto p = made(R"("out": {"user-list": {"event": "one", "each": "$.users", "args": ["$"]}})");
  std::string body = R"({"users":[0)";
  for (int i = 0; i < 9000; ++i) body += ",0";
  std::vector<foreign_event> events;
  const auto done = p.outbound(events, "user-list", {}, body + "]}", "/");
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == errc::too_large);
  CHECK(events.empty());
}

TEST_CASE("rules of a namespace apply in it alone") {
  const auto p = made(R"("namespaces": ["/", "/messages"],
      "in": {"join": [{"event": "join-room", "namespace": "/messages"}, null]},
      "out": {"message": {"event": "message:new", "namespace": "/messages"}})");
  CHECK(p.serves("/messages"));
  CHECK_FALSE(p.serves("/admin"));
  CHECK(asked(p, "join", R"(["a"])", "/messages") == R"(join-room ["a"])");
  CHECK(asked(p, "join", R"(["a"])") == "dropped");
  CHECK(told(p, "message", "{}", "/messages") == lines{"message:new [{}]"});
  CHECK(told(p, "message", "{}").empty());
}

TEST_CASE("a push need not go back to the session it comes from") {
  const auto p = made(R"("no_echo": ["message-received"])");
  CHECK_FALSE(p.echoes("message-received"));
  CHECK(p.echoes("typing"));
}

TEST_CASE("acks: a shape of one event, a shape of all others, and none") {
  const auto p = made(R"("acks": {"*": {"refusal": [{"ok": false, "error": "$.message", "code": "$.code"}]},
                                  "say": {"answer": [null, {"id": "$.id"}]}})");
  const auto answer = p.answer("say", R"({"id":"m1","seq":4})");
  REQUIRE(answer.has_value());
  CHECK(answer->event.empty());
  CHECK(answer->args == R"([null,{"id":"m1"}])");
  CHECK(p.answer("enter", "{}") == std::nullopt);
  const auto refusal = p.refusal("say", {errc::muted, "you are muted", 0});
  REQUIRE(refusal.has_value());
  CHECK(json_of(refusal->args) == json_of(R"([{"ok": false, "error": "you are muted", "code": "muted"}])"));
}

TEST_CASE("acks as NestJS has them: an event answers, and a refusal is an exception") {
  const auto p = made(R"("acks": {"*": {"refusal": {"event": "exception", "args": ["$"]}},
                                  "join": {"answer": {"event": "joined", "args": ["$.roomId"]}}})");
  CHECK(p.answer("join", R"({"roomId":"a"})") == foreign_reply{"joined", R"(["a"])"});
  const auto refusal = p.refusal("anything", {errc::rate_limited, "", 3});
  REQUIRE(refusal.has_value());
  CHECK(refusal->event == "exception");
  CHECK(json_of(refusal->args).at(0).at("status") == "error");
  CHECK(json_of(refusal->args).at(0).at("retryAfter") == 3);
}

TEST_CASE("arguments beyond the bound are refused") {
  std::string args = "[\"$.a\"";
  for (int i = 0; i < 7; ++i) args += ", \"$.a\"";
  const auto p = made(R"("in": {"say": {"event": "send-message", "args": )" + args + "]}}");
  CHECK(asked(p, "say", R"([{"a": ")" + std::string(100'000, 'x') + "\"}]") == "refused: too_large");
}
