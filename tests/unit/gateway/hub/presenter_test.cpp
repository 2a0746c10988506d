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
