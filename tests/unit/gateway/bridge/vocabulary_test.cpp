// Every shape that API.md's front ends use, and what is refused.

#include "events/record.hpp"
#include "gateway/bridge/vocabulary.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::gateway;
using domain::conversation;
using domain::lounge;
using domain::relay_kind;
using domain::room;

namespace {

struct counting final : random_source {
  void fill(std::span<std::byte> out) override {
    for (auto& b : out) b = static_cast<std::byte>(next++);
  }
  unsigned char next = 0;
};

/// Interprets `event` with the positional arguments in `args`, a JSON array text, for a user in `places`.
result<client_request> ask(std::string_view event, std::string_view args, std::set<stream_id> places = {}) {
  counting ids;
  client_message m;
  m.event = event;
  m.args = nlohmann::json::parse(args);
  return interpret(m, {{"u1"}, places, true}, ids);
}
const std::set<stream_id> in_abc{{"room/abc"}};
const std::set<stream_id> in_two{{"room/abc"}, {"room/def"}};
const std::set<stream_id> in_both{{"lounge/L1"}, {"room/abc"}};

template <class Request>
Request made(result<client_request> r) {
  if (!r) FAIL(r.error().message);
  return std::get<Request>(*r);
}
template <class Command>
Command told(result<client_request> r, const std::string& place) {
  auto t = made<tell_place>(std::move(r));
  CHECK(t.place.text == place);
  if (auto* in_room = std::get_if<room::command>(&t.command)) {
    if constexpr (std::is_constructible_v<room::command, Command>) return std::get<Command>(*in_room);
  } else if constexpr (std::is_constructible_v<lounge::command, Command>) {
    return std::get<Command>(std::get<lounge::command>(t.command));
  }
  FAIL("told to another kind of place");
  return {};
}
void refused(const result<client_request>& r, errc code, std::string_view says) {
  REQUIRE_FALSE(r);
  CHECK(r.error().code == code);
  CAPTURE(r.error().message);
  CHECK(r.error().message.find(says) != std::string::npos);
}

} // namespace

TEST_CASE("a room is entered by an object under any of its names, a bare id, or an id and an object") {
  const auto args =
      GENERATE(Catch::Generators::as<std::string>{}, R"([{"roomId":" AbC "}])", R"([{"room":"AbC"}])",
               R"([{"roomCode":"AbC"}])", R"([{"code":"AbC"}])", R"(["AbC"])", R"(["AbC",{"name":"Ada"}])",
               R"([["AbC",{}]])", R"(["AbC","peer-id"])", R"([{"roomId":null,"room":"AbC"}])");
  CAPTURE(args);
  const auto j = made<join_place>(ask("join-room", args));
  CHECK(j.place.text == "room/abc");
  const auto& command = std::get<room::join>(std::get<room::command>(j.command));
  CHECK(command.id.text == "abc");
  CHECK(command.display_id == "AbC");
  CHECK(command.open_if_absent);
  CHECK_FALSE(j.after);
}

TEST_CASE("a join may bring a shown name and where to go on from") {
  const auto j =
      made<join_place>(ask("join-room", R"([{"roomId":7,"name":"Ada","after":41,"userId":"somebody else"}])"));
  CHECK(j.place.text == "room/7");
  CHECK(std::get<room::join>(std::get<room::command>(j.command)).name == "Ada");
  CHECK(j.after == 41);
  CHECK(made<join_place>(ask("join-room", R"([{"roomId":"a","after":0}])")).after == 0u);
}

TEST_CASE("rooms open with their first join only where the configuration says so") {
  counting ids;
  client_message m;
  m.event = "join-room";
  m.args = {"abc"};
  const std::set<stream_id> nowhere;
  const auto r = interpret(m, {{"u1"}, nowhere, false}, ids);
  CHECK_FALSE(std::get<room::join>(std::get<room::command>(made<join_place>(r).command)).open_if_absent);
}

TEST_CASE("a room id that cannot be one is refused") {
  refused(ask("join-room", "[]"), errc::malformed, "roomId is missing");
  refused(ask("join-room", "[null]"), errc::malformed, "roomId is missing");
  refused(ask("join-room", "[{}]"), errc::malformed, "roomId is missing");
  refused(ask("join-room", R"([{"roomId":{}}])"), errc::malformed, "roomId must be a string");
  refused(ask("join-room", R"([true])"), errc::malformed, "roomId must be a string");
  refused(ask("join-room", R"([1.5])"), errc::malformed, "roomId must be a string");
  refused(ask("join-room", R"([""])"), errc::invalid, "1 to 128");
  refused(ask("join-room", R"(["  "])"), errc::invalid, "1 to 128");
  refused(ask("join-room", "[\"" + std::string(129, 'x') + "\"]"), errc::invalid, "1 to 128");
  refused(ask("join-room", R"(["a/b"])"), errc::invalid, "'/'");
  refused(ask("join-room", R"(["a\u0000b"])"), errc::invalid, "control");
  refused(ask("join-room", R"(["a\u007fb"])"), errc::invalid, "control");
  CHECK(made<join_place>(ask("join-room", "[\"" + std::string(128, 'x') + "\"]")).place.key().size() == 128);
  CHECK(made<join_place>(ask("join-room", R"(["Caf\u00c9"])")).place.text == "room/caf\u00c9");
}

TEST_CASE("after must be a non-negative integer and a name a string") {
  for (const auto* after : {"-1", "1.5", "\"3\"", "true", "[]"})
    refused(ask("join-room", std::string{R"([{"roomId":"a","after":)"} + after + "}]"), errc::malformed,
            "after must be");
  refused(ask("join-lounge", R"([{"loungeId":"a","after":-1}])"), errc::malformed, "after must be");
  refused(ask("join-room", R"([{"roomId":"a","name":7}])"), errc::malformed, "name must be a string");
}

TEST_CASE("leaving names the room, or means the only one") {
  CHECK(made<leave_place>(ask("leave-room", R"([{"roomId":"ABC"}])")).place.text == "room/abc");
  CHECK(made<leave_place>(ask("leave-room", R"(["ABC"])")).place.text == "room/abc");
  CHECK(made<leave_place>(ask("leave-room", "[]", in_both)).place.text == "room/abc");
  CHECK(made<leave_place>(ask("leave-room", "[{}]", in_abc)).place.text == "room/abc");
  refused(ask("leave-room", "[]", in_two), errc::malformed, "roomId");
  refused(ask("leave-room", "[]"), errc::malformed, "roomId");
}

TEST_CASE("lounges are entered and left by a bare id or an object, and their ids keep their case") {
  for (const auto* args : {R"(["Lx"])", R"([{"loungeId":"Lx"}])", R"([{"lounge":"Lx"}])", R"([{"id":"Lx"}])"}) {
    const auto j = made<join_place>(ask("join-lounge", args));
    CHECK(j.place.text == "lounge/Lx");
    CHECK(std::holds_alternative<lounge::join>(std::get<lounge::command>(j.command)));
    CHECK(made<leave_place>(ask("leave-lounge", args)).place.text == "lounge/Lx");
  }
  CHECK(made<join_place>(ask("join-lounge", R"([{"loungeId":"L","after":3}])")).after == 3);
  CHECK(made<leave_place>(ask("leave-lounge", "[]", in_both)).place.text == "lounge/L1");
  refused(ask("join-lounge", "[]"), errc::malformed, "loungeId is missing");
  refused(ask("leave-lounge", "[]", in_abc), errc::malformed, "loungeId");
}

TEST_CASE("a message's text is text, message or content, in an object, after an id, or bare") {
  const auto args =
      GENERATE(Catch::Generators::as<std::string>{}, R"([{"roomId":"abc","text":"hi"}])",
               R"([{"room":"ABC","message":"hi"}])", R"([{"code":"abc","content":"hi"}])", R"(["abc","hi"])",
               R"(["abc",{"text":"hi"}])", R"([["abc","hi"]])", R"([{"text":"hi"}])", R"(["hi"])");
  CAPTURE(args);
  const auto send = told<room::send>(ask("send-message", args, in_abc), "room/abc");
  CHECK(send.message.text == "hi");
  CHECK(send.message.id.text.starts_with("m_"));
}

TEST_CASE("a message carries what it replies to and the client's time; who it says it is from is not read") {
  const auto send = told<room::send>(
      ask("send-message", R"([{"id":"c1","roomId":"abc","text":"hi","displayName":"Ada","senderId":"u2","userId":"u2",)"
                          R"("replyTo":{"id":3,"text":"q","sender":"Bob","extra":{}},"timestamp":1700000000123}])"),
      "room/abc");
  CHECK(send.message.id.text == "c1");
  CHECK(send.message.reply_to == R"({"id":"3","text":"q","sender":"Bob"})");
  CHECK(send.message.client_time == "1700000000123");
  const auto other = told<room::send>(
      ask("send-message", R"([{"roomId":"abc","text":"hi","replyTo":"m0","timestamp":"noon"}])"), "room/abc");
  CHECK(other.message.reply_to == R"({"id":"m0"})");
  CHECK(other.message.client_time == "noon");
}

TEST_CASE("a message with the client's id takes effect once, per user and place") {
  const auto once = [](std::string_view args) { return made<tell_place>(ask("send-message", args)).once; };
  const auto first = once(R"([{"id":5,"roomId":"ABC","text":"hi"}])");
  REQUIRE(first);
  CHECK(first->key == "u1|room/abc|5");
  CHECK(first->fingerprint.size() == 64);
  CHECK(once(R"([{"id":"5","roomId":"abc","text":"hi"}])")->fingerprint == first->fingerprint);
  CHECK(once(R"([{"id":"5","roomId":"abc","text":"ho"}])")->fingerprint != first->fingerprint);
  CHECK(once(R"([{"id":"5","roomId":"abd","text":"hi"}])")->key != first->key);
  CHECK_FALSE(once(R"([{"roomId":"abc","text":"hi"}])"));
  CHECK_FALSE(once(R"([{"id":"","roomId":"abc","text":"hi"}])"));
}

TEST_CASE("what a message addresses decides its kind, whatever its name") {
  for (const auto* event : {"message", "send-message", "send_message"}) {
    told<room::send>(ask(event, R"([{"roomId":"abc","text":"hi"}])"), "room/abc");
    told<lounge::send>(ask(event, R"([{"loungeId":"L1","message":"hi"}])"), "lounge/L1");
    const auto said = made<tell_person>(ask(event, R"([{"receiverId":"u2","content":"hi"}])"));
    CHECK(said.place.text == "conversation/u1~u2");
    CHECK(said.other.text == "u2");
    CHECK(std::get<conversation::send>(std::get<conversation::command>(said.command)).message.text == "hi");
  }
}

TEST_CASE("a message that addresses nothing goes where its event usually goes, else to the only place") {
  told<lounge::send>(ask("message", R"(["hi"])", in_both), "lounge/L1");
  told<room::send>(ask("send-message", R"(["hi"])", in_both), "room/abc");
  told<room::send>(ask("message", R"([{"text":"hi"}])", in_abc), "room/abc");
  told<lounge::send>(ask("send-message", R"([{"text":"hi"}])", {{"lounge/L1"}}), "lounge/L1");
  told<lounge::send>(ask("message", R"(["L2","hi"])", in_both), "lounge/L2");
  refused(ask("send-message", R"(["hi"])", in_two), errc::malformed, "roomId");
  refused(ask("send-message", R"(["hi"])"), errc::malformed, "roomId");
  refused(ask("message", R"(["hi"])", {{"lounge/a"}, {"lounge/b"}}), errc::malformed, "loungeId");
}

TEST_CASE("a message of the wrong shape is refused naming the field") {
  refused(ask("send-message", "[]", in_abc), errc::malformed, "text is missing");
  refused(ask("send-message", R"([{"roomId":"a"}])"), errc::malformed, "text is missing");
  refused(ask("send-message", R"(["a",null])"), errc::malformed, "text is missing");
  refused(ask("send-message", R"(["a",5])"), errc::malformed, "text must be a string");
  refused(ask("send-message", R"([{"roomId":"a","text":{}}])"), errc::malformed, "text must be a string");
  refused(ask("send-message", R"([{"roomId":"a","message":[]}])"), errc::malformed, "message must be a string");
  refused(ask("send-message", R"([{"roomId":"a","text":"x","id":{}}])"), errc::malformed, "id must be");
  refused(ask("send-message", R"([{"roomId":"a","text":"x","replyTo":[]}])"), errc::malformed, "replyTo must be");
  refused(ask("send-message", R"([{"roomId":"a","text":"x","replyTo":{"text":[]}}])"), errc::malformed, "replyTo.text");
  refused(ask("send-message", R"([{"roomId":"a","text":"x","timestamp":{}}])"), errc::malformed, "timestamp");
  refused(ask("send-message", R"([{"roomId":"a","text":"x","id":")" + std::string(129, 'i') + "\"}]"), errc::invalid,
          "id must be at most 128");
  refused(ask("send-message", R"([[], "x"])"), errc::malformed, "roomId must be");
}

TEST_CASE("typing is an object, a flag, an id, or both, and means yes when it does not say") {
  CHECK(told<room::typing>(ask("typing", R"([{"roomId":"abc","isTyping":true}])"), "room/abc").is_typing);
  CHECK_FALSE(told<room::typing>(ask("typing", R"([{"roomId":"abc","isTyping":false}])"), "room/abc").is_typing);
  CHECK_FALSE(told<room::typing>(ask("typing", R"(["abc",false])"), "room/abc").is_typing);
  CHECK_FALSE(told<room::typing>(ask("typing", "[false]", in_abc), "room/abc").is_typing);
  CHECK(told<room::typing>(ask("typing", R"(["abc"])"), "room/abc").is_typing);
  CHECK(told<room::typing>(ask("typing", "[]", in_abc), "room/abc").is_typing);
  CHECK(told<lounge::typing>(ask("typing", R"([{"loungeId":"L1"}])"), "lounge/L1").is_typing);
  CHECK(told<lounge::typing>(ask("typing", "[true]", {{"lounge/L1"}}), "lounge/L1").is_typing);
  refused(ask("typing", R"([{"roomId":"abc","isTyping":"yes"}])"), errc::malformed, "isTyping must be");
  refused(ask("typing", R"(["abc","yes"])"), errc::malformed, "isTyping must be");
}

TEST_CASE("signaling names its target in any of six ways, or nobody: then it is for the whole room") {
  for (const auto* name : {"to", "target", "targetId", "targetUserId", "targetSocketId", "toUserId"}) {
    const auto args = std::string{R"([{"roomId":"abc","offer":"v=0",")"} + name + R"(":"s2"}])";
    CHECK(told<room::relay>(ask("offer", args), "room/abc").to == "s2");
  }
  CHECK(told<room::relay>(ask("offer", R"([{"roomId":"abc","offer":"v=0","to":12}])"), "room/abc").to == "12");
  CHECK(told<room::relay>(ask("offer", R"([{"offer":"v=0","to":null}])", in_abc), "room/abc").to.empty());
  refused(ask("offer", R"([{"roomId":"abc","offer":"v=0","to":{}}])"), errc::malformed, "to must be");
  refused(ask("offer", R"([{"offer":"v=0","to":"s2"}])", in_two), errc::malformed, "roomId");
}

TEST_CASE("a signaling body is found in every shape and keeps its own") {
  struct shape {
    std::string_view event, args, payload;
    relay_kind kind;
  };
  const auto s = GENERATE(values<shape>({
      {"offer", R"([{"roomId":"abc","offer":{"type": "offer", "sdp":"v=0"}}])", R"({"sdp":"v=0","type":"offer"})",
       relay_kind::offer},
      {"offer", R"([{"roomId":"abc","sdp":"v=0"}])", R"("v=0")", relay_kind::offer},
      {"offer", R"(["abc",{"type":"offer","sdp":"v=0"}])", R"({"sdp":"v=0","type":"offer"})", relay_kind::offer},
      {"offer", R"(["abc","v=0"])", R"("v=0")", relay_kind::offer},
      {"offer", R"(["abc",{"offer":"v=0","to":"s2"}])", R"("v=0")", relay_kind::offer},
      {"offer", R"(["abc",{"sdp":{"type":"offer","sdp":"v=0"}}])", R"({"sdp":"v=0","type":"offer"})",
       relay_kind::offer},
      {"offer", R"(["v=0"])", R"("v=0")", relay_kind::offer},
      {"answer", R"([{"roomId":"abc","answer":"v=0"}])", R"("v=0")", relay_kind::answer},
      {"answer", R"([{"roomId":"abc","sdp":{"a":[1,2.5,null]}}])", R"({"a":[1,2.5,null]})", relay_kind::answer},
      {"ice-candidate", R"([{"roomId":"abc","candidate":{"candidate":"c","sdpMid":"0"}}])",
       R"({"candidate":"c","sdpMid":"0"})", relay_kind::candidate},
      {"ice-candidate", R"([{"roomId":"abc","candidate":"c","sdpMid":"0","sdpMLineIndex":0}])",
       R"({"candidate":"c","sdpMLineIndex":0,"sdpMid":"0"})", relay_kind::candidate},
      {"ice-candidate", R"(["abc",{"candidate":"c","sdpMid":"0","sdpMLineIndex":0}])",
       R"({"candidate":"c","sdpMLineIndex":0,"sdpMid":"0"})", relay_kind::candidate},
      {"ice-candidate", R"([{"roomId":"abc","candidate":"c"}])", R"("c")", relay_kind::candidate},
      {"ice-candidate", R"([{"roomId":"abc","candidate":null}])", "null", relay_kind::candidate},
  }));
  CAPTURE(s.event, s.args);
  const auto r = told<room::relay>(ask(s.event, s.args, in_abc), "room/abc");
  CHECK(r.kind == s.kind);
  CHECK(r.payload == s.payload);
  CHECK(r.sha256 == (s.kind == relay_kind::candidate ? "" : to_hex(sha256(s.payload))));
}

TEST_CASE("signaling without a body, or with one too large, is refused") {
  refused(ask("offer", R"([{"roomId":"abc"}])"), errc::malformed, "offer is missing");
  refused(ask("offer", R"([{"roomId":"abc","offer":null}])"), errc::malformed, "offer is missing");
  refused(ask("answer", R"(["abc",null])"), errc::malformed, "answer is missing");
  refused(ask("ice-candidate", "[]", in_abc), errc::malformed, "candidate is missing");
  refused(ask("offer", R"(["abc",")" + std::string(domain::relay_bytes_max, 'x') + "\"]"), errc::too_large, "offer");
}

TEST_CASE("an event nobody knows is said to be unknown, and a long name is not repeated") {
  refused(ask("drop-tables", "[]"), errc::unknown_event, "\"drop-tables\"");
  refused(ask(std::string(65, 'e'), "[]"), errc::unknown_event, "unknown event");
  CHECK(ask(std::string(65, 'e'), "[]").error().message == "unknown event");
}

TEST_CASE("a host's word about somebody names them under any of a target's names, after the room, or alone") {
  const auto args = GENERATE(Catch::Generators::as<std::string>{}, R"([{"roomId":"abc","userId":"u2"}])",
                             R"([{"room":"abc","to":"u2"}])", R"([{"roomId":"ABC","targetId":"u2"}])",
                             R"([{"targetUserId":"u2"}])", R"([{"targetSocketId":"u2"}])", R"([{"socketId":"u2"}])",
                             R"([{"toUserId":"u2"}])", R"([{"target":"u2"}])", R"(["abc","u2"])", R"(["u2"])");
  CAPTURE(args);
  CHECK(told<room::admit>(ask("admit", args, in_abc), "room/abc").target == "u2");
  CHECK(told<room::deny>(ask("deny", args, in_abc), "room/abc").target == "u2");
  CHECK(told<room::kick>(ask("kick", args, in_abc), "room/abc").target == "u2");
}

TEST_CASE("a host's word about nobody, or in no room, is refused") {
  for (const auto* event : {"admit", "deny", "kick"}) {
    refused(ask(event, R"([{"roomId":"abc"}])"), errc::malformed, "userId");
    refused(ask(event, R"([])", in_abc), errc::malformed, "userId");
    refused(ask(event, R"([{"userId":{}}])", in_abc), errc::malformed, "userId");
    refused(ask(event, R"([{"userId":"u2"}])", in_two), errc::malformed, "roomId");
  }
}

TEST_CASE("a status is what is given of it") {
  const auto s =
      told<room::show_status>(ask("status", R"([{"roomId":"abc","muted":true,"handRaised":null}])"), "room/abc");
  CHECK(s.muted == true);
  CHECK_FALSE(s.video_off.has_value());
  CHECK_FALSE(s.hand_raised.has_value());
  CHECK(told<room::show_status>(ask("status", R"([{"videoOff":false}])", in_abc), "room/abc").video_off == false);
  refused(ask("status", R"([{"roomId":"abc","muted":"yes"}])"), errc::malformed, "muted");
}

TEST_CASE("a reaction is an emoji in an object, after the room, or alone") {
  for (const auto* args : {R"([{"roomId":"abc","emoji":"x"}])", R"(["abc","x"])", R"(["x"])"})
    CHECK(told<room::react>(ask("reaction", args, in_abc), "room/abc").emoji == "x");
  refused(ask("reaction", R"([{"roomId":"abc"}])"), errc::malformed, "emoji");
  refused(ask("reaction", R"([{"roomId":"abc","emoji":7}])"), errc::malformed, "emoji");
}

TEST_CASE("a message in a room and in a lounge says what it replies to") {
  const auto reply = R"({"id":"m0","text":"hi","sender":"Ada"})";
  const auto args = std::string{R"([{"roomId":"abc","text":"yes","replyTo":)"} + reply + "}]";
  CHECK(told<room::send>(ask("send-message", args), "room/abc").message.reply_to == reply);
}
