// Golden bodies: what clients parse, byte for byte (schema/protocols.md).

#include "gateway/hub/presenter.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace parley;
using namespace parley::gateway;

namespace {

const stream_id a_room{"room/abc"}, a_lounge{"lounge/L1"};
const time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{12}};

presented shown(const stream_id& topic, event what) {
  auto p = present({topic, 42, noon, std::move(what)});
  REQUIRE(p);
  REQUIRE(nlohmann::json::accept(p->body));
  return *p;
}
presented shown(const stream_id& topic, domain::signal what) {
  auto p = present({topic, 0, noon, std::move(what)});
  REQUIRE(p);
  REQUIRE(nlohmann::json::accept(p->body));
  return *p;
}
const events::message_sent hello{{"m1"}, {"u1"}, {"s1"}, "Ada", "hi \"you\"\n", "", ""};

} // namespace

TEST_CASE("a room's message is message-received and receive-message") {
  const auto p = shown(a_room, events::room_event{hello});
  CHECK(p.name == "message-received");
  CHECK(p.alias == "receive-message");
  CHECK(p.body == R"({"id":"m1","text":"hi \"you\"\n","message":"hi \"you\"\n","content":"hi \"you\"\n",)"
                  R"("sender":"Ada","senderId":"u1","senderSocketId":"s1","timestamp":"2026-11-21T12:00:00.000Z",)"
                  R"("roomId":"abc","seq":42})");
}

TEST_CASE("a message shows what it replies to and its client's own time when it has them") {
  auto m = hello;
  m.reply_to = R"({"id":"m0"})";
  m.client_time = "1700000000";
  const auto p = shown(a_room, events::room_event{m});
  CHECK(p.body.ends_with(R"("roomId":"abc","replyTo":{"id":"m0"},"clientTimestamp":"1700000000","seq":42})"));
}

TEST_CASE("a text of any length and alphabet comes three times as it was sent") {
  auto m = hello;
  m.text = std::string(5000, 'x') + "\u00e9\U0001F600\x01";
  const auto body = nlohmann::json::parse(shown(a_room, events::room_event{m}).body);
  for (const auto* name : {"text", "message", "content"}) CHECK(body[name] == m.text);
}

TEST_CASE("a lounge's message is message, with its loungeId") {
  const auto p = shown(a_lounge, events::lounge_event{hello});
  CHECK(p.name == "message");
  CHECK(p.alias.empty());
  const auto body = nlohmann::json::parse(p.body);
  CHECK(body["loungeId"] == "L1");
  CHECK_FALSE(body.contains("roomId"));
  CHECK(body["seq"] == 42);
}

TEST_CASE("joining and leaving show who, by their socket's and their user's id, and how many are there") {
  const auto in = shown(a_room, events::room_event{events::joined{{"u1"}, {"s1"}, true, false, 3, "Ada"}});
  CHECK(in.name == "user-joined");
  CHECK(in.body ==
        R"({"id":"s1","socketId":"s1","userId":"u1","username":"Ada","name":"Ada","isHost":true,"guest":false,)"
        R"("roomId":"abc","participantCount":3,"timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  const auto out =
      shown(a_lounge, events::lounge_event{events::left{{"u1"}, {"s1"}, false, 2, "connection-lost", "Ada"}});
  CHECK(out.name == "user-left");
  CHECK(out.body == R"({"id":"s1","socketId":"s1","userId":"u1","username":"Ada","name":"Ada","isHost":false,)"
                    R"("loungeId":"L1","participantCount":2,"reason":"connection-lost",)"
                    R"("timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
}

TEST_CASE("a room that closed by its host and one that expired are two pushes") {
  const auto closed = shown(a_room, events::room_event{events::room_closed{"closed-by-host", {"u1"}}});
  CHECK(closed.name == "room-closed");
  CHECK(closed.body == R"({"roomId":"abc","reason":"closed-by-host","timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  CHECK(shown(a_room, events::room_event{events::room_closed{"expired", {}}}).name == "room-expired");
}

TEST_CASE("typing shows who types and where") {
  const auto p = shown(a_lounge, domain::signal{domain::typing_signal{{"u1"}, {"s1"}, "Ada", true}});
  CHECK(p.name == "typing");
  CHECK(p.body == R"({"loungeId":"L1","userId":"u1","socketId":"s1","username":"Ada","isTyping":true})");
}

TEST_CASE("relayed bodies keep their shape and say whom they are from") {
  using domain::relay_kind;
  const auto relayed = [](relay_kind kind, std::string payload) {
    return shown(a_room, domain::signal{domain::relay_signal{kind, {"u1"}, {"s1"}, {"s2"}, std::move(payload)}});
  };
  const auto offer = relayed(relay_kind::offer, R"({"type":"offer","sdp":"v=0"})");
  CHECK(offer.name == "offer-received");
  CHECK(offer.alias == "offer");
  CHECK(offer.body == R"({"offer":{"type":"offer","sdp":"v=0"},"sdp":{"type":"offer","sdp":"v=0"},)"
                      R"("from":"s1","sender":"s1","fromId":"u1","roomId":"abc"})");
  const auto answer = relayed(relay_kind::answer, R"("v=0")");
  CHECK(answer.name == "answer-received");
  CHECK(answer.alias == "answer");
  CHECK(answer.body == R"({"answer":"v=0","sdp":"v=0","from":"s1","sender":"s1","fromId":"u1","roomId":"abc"})");
  const auto candidate = relayed(relay_kind::candidate, "null");
  CHECK(candidate.name == "ice-candidate-received");
  CHECK(candidate.alias == "ice-candidate");
  CHECK(candidate.body == R"({"candidate":null,"from":"s1","sender":"s1","fromId":"u1","roomId":"abc"})");
}

TEST_CASE("what is logged but not for members is not shown") {
  CHECK_FALSE(present({a_room, 1, noon, event{events::room_event{events::room_opened{}}}}));
  CHECK_FALSE(present({a_room, 2, noon, event{events::room_event{events::offer_relayed{}}}}));
  CHECK_FALSE(present({a_room, 3, noon, event{events::room_event{events::answer_relayed{}}}}));
  CHECK_FALSE(present({a_lounge, 1, noon, event{events::lounge_event{events::lounge_created{}}}}));
  CHECK_FALSE(present({{"session/s1"}, 1, noon, event{events::session_event{}}}));
}

TEST_CASE("who waits is shown to the host alone, as it comes and as it ends") {
  const auto p = shown(a_room, events::room_event{events::knocked{{"u1"}, {"s1"}, {"u_host"}, true, "Ada"}});
  CHECK(p.name == "knock");
  CHECK(p.only_for.text == "u_host");
  CHECK(p.body == R"({"id":"s1","socketId":"s1","userId":"u1","username":"Ada","name":"Ada","guest":true,)"
                  R"("roomId":"abc","timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  const auto over = shown(a_room, events::room_event{events::knock_ended{{"u1"}, {"s1"}, {"u_host"}, "left"}});
  CHECK(over.name == "knock-ended");
  CHECK(over.only_for.text == "u_host");
  CHECK(over.body == R"({"userId":"u1","socketId":"s1","roomId":"abc","reason":"left",)"
                     R"("timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  CHECK_FALSE(present({a_room, 1, noon, event{events::room_event{events::admitted{{"u1"}, {"u_host"}}}}}));
}

TEST_CASE("who waited since before the host came is shown as a knock without seq") {
  const auto p = shown(a_room, domain::knock_signal{{"u1"}, {"s1"}, {"s_host"}, "Ada", false});
  CHECK(p.name == "knock");
  CHECK(p.body == R"({"id":"s1","socketId":"s1","userId":"u1","username":"Ada","name":"Ada","guest":false,)"
                  R"("roomId":"abc","timestamp":"2026-11-21T12:00:00.000Z"})");
}

TEST_CASE("a room's title and time are shown as they are from now on") {
  const auto p = shown(a_room, events::room_event{events::room_changed{"Retro", noon, {"u1"}}});
  CHECK(p.name == "room-changed");
  CHECK(p.body == R"({"roomId":"abc","title":"Retro","startsAt":"2026-11-21T12:00:00.000Z","by":"u1",)"
                  R"("timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  CHECK(shown(a_room, events::room_event{events::room_changed{"", {}, {"u1"}}}).body.find(R"("startsAt":null)") !=
        std::string::npos);
}

TEST_CASE("a status shows what was said of it and no more; a reaction its emoji") {
  const auto p = shown(a_room, domain::status_signal{{"u1"}, {"s1"}, "Ada", true, {}, false});
  CHECK(p.name == "status");
  CHECK(p.body == R"({"id":"s1","socketId":"s1","userId":"u1","username":"Ada","name":"Ada","muted":true,)"
                  R"("handRaised":false,"roomId":"abc"})");
  const auto r = shown(a_room, domain::reaction_signal{{"u1"}, {"s1"}, "Ada", "\U0001F44D"});
  CHECK(r.name == "reaction");
  CHECK(r.body == "{\"id\":\"s1\",\"socketId\":\"s1\",\"userId\":\"u1\",\"username\":\"Ada\",\"name\":\"Ada\","
                  "\"emoji\":\"\U0001F44D\",\"roomId\":\"abc\"}");
}

TEST_CASE("what a moderator did is shown with whom it is done to and until when") {
  events::moderation_action e;
  e.id = {"a1"}, e.action = "mute", e.by = {"mia"}, e.target = {"bob"}, e.reason = "spam", e.until = noon;
  e.sha256 = "not shown";
  const auto p = shown(a_lounge, events::lounge_event{e});
  CHECK(p.name == "moderation");
  CHECK(p.body == R"({"loungeId":"L1","actionId":"a1","action":"mute","targetId":"bob","reason":"spam",)"
                  R"("until":"2026-11-21T12:00:00.000Z","by":"mia","timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
}

TEST_CASE("the end of a mute or ban is shown as what ends it, and a reversal says of what") {
  const auto over = shown(a_lounge, events::lounge_event{events::moderation_expired{{"a1"}, "ban", {"bob"}}});
  CHECK(over.body.find(R"("action":"unban","targetId":"bob","reason":"expired","until":null)") != std::string::npos);
  events::moderation_reversed e{{"a1"}, "mute", {"bob"}, {"ann"}, true, "a mistake"};
  CHECK(shown(a_lounge, events::lounge_event{e}).body.find(R"("action":"unmute")") != std::string::npos);
  e.lifted = false;
  CHECK(shown(a_lounge, events::lounge_event{e}).body.find(R"("action":"reversed")") != std::string::npos);
}

TEST_CASE("a deleted message is told by its id and place, without its text; an appeal is told to nobody") {
  const auto p = shown(a_lounge, events::lounge_event{events::message_deleted{{"m1"}, 7, {"mia"}, {"a1"}}});
  CHECK(p.name == "message-deleted");
  CHECK(p.body == R"({"id":"m1","messageId":"m1","messageSeq":7,"loungeId":"L1","by":"mia",)"
                  R"("timestamp":"2026-11-21T12:00:00.000Z","seq":42})");
  CHECK_FALSE(
      present({a_lounge, 42, noon, event{events::lounge_event{events::moderation_appealed{{"a1"}, {"b"}, "x"}}}}));
}

TEST_CASE("who is not in the lounge is told on their own topic which lounge it was") {
  domain::moderation_signal s;
  s.user = {"mia"}, s.lounge = {"L1"}, s.id = {"a1"}, s.action = "ban", s.target = {"bob"}, s.reason = "spam";
  const auto p = shown({"inbox/bob"}, domain::signal{s});
  CHECK(p.name == "moderation");
  CHECK(p.body == R"({"loungeId":"L1","actionId":"a1","action":"ban","targetId":"bob","reason":"spam","until":null,)"
                  R"("by":"mia"})");
}

TEST_CASE("news of bookings are shown as they are told") {
  const stream_id inbox{"inbox/u1"};
  const std::string body = R"({"bookingId":"bk_1"})";
  using domain::booking_news;
  for (const auto& [what, name] : {std::pair{booking_news::requested, "booking:new"},
                                   std::pair{booking_news::status_changed, "booking:status-changed"},
                                   std::pair{booking_news::availability_changed, "availability:changed"},
                                   std::pair{booking_news::location, "location:update"}}) {
    const auto p = shown(inbox, domain::booking_signal{what, {"u2"}, {"s2"}, body});
    CHECK(p.name == name);
    CHECK(p.body == body);
  }
}
