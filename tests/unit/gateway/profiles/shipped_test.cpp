// What the five front ends send, and what they are told: one profile after the other.

#include "gateway/profiles/profile_set.hpp"
#include "gateway/rest/documents.hpp"
#include "profiles.hpp"

#include <set>

using namespace parley;
using namespace parley::gateway;

namespace {

const profile_set& set() {
  static const auto all = profile_set::shipped();
  return all;
}

const profile& named(std::string_view name) {
  const auto* found = set().find(name);
  REQUIRE(found);
  return *found;
}

/// `/api/rooms/:roomId` as OpenAPI writes it.
std::string templated(const path_pattern& path) {
  std::string text;
  for (const auto& segment : path.segments()) text += path_pattern::is_hole(segment) ? "/{}" : "/" + segment;
  return text;
}

/// A request mapped by a profile, and an answer to it.
struct walk {
  http_request request;
  http_response response;

  walk(const profile& p, std::string method, std::string path, std::string body, text_pairs query, int status,
       std::string answer) {
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    request.query = std::move(query);
    const auto m = p.map_request(request);
    REQUIRE(m.has_value());
    response.status = status;
    response.body = std::move(answer);
    if (m->at_once) response = *m->at_once;
    p.map_response(*m, response);
  }
  [[nodiscard]] std::string target() const { return request.method + ' ' + request.path; }
  [[nodiscard]] nlohmann::json answer() const { return json_of(response.body); }
};

constexpr auto account =
    R"({"success":true,"id":"u_1","email":"a@x.org","name":"Ada L","token":"t","refreshToken":"r"})";

} // namespace

TEST_CASE("every route that a shipped profile leads to is one of ours") {
  const auto document = nlohmann::json::parse(openapi_document());
  std::set<std::string> ours;
  for (const auto& [path, item] : document.at("paths").items())
    for (const auto& [method, operation] : item.items()) {
      std::string plain = method + " ";
      bool in_hole = false;
      for (const char c : path) {
        if (!in_hole || c == '}') plain.push_back(c);
        in_hole = c == '{' || (in_hole && c != '}');
      }
      ours.insert(plain);
    }
  for (const auto* each : set().all())
    for (const auto& route : each->routes()) {
      if (!route.to) continue;
      auto line = route.to_method + " " + templated(*route.to);
      for (auto& c : line) {
        if (c == ' ') break;
        c = static_cast<char>(c - 'A' + 'a');
      }
      INFO(each->name() << ": " << line);
      CHECK(ours.contains(line));
    }
}

TEST_CASE("meetings: joining, asking to come in, and being let in") {
  const auto& p = named("meetings");
  CHECK(asked(p, "room:join", R"([{"email":"a@x.org","room":"abc","userId":"u_9","name":"Ada"}])") ==
        R"(join-room [{"name":"Ada","roomId":"abc"}])");
  CHECK(asked(p, "room:join", R"([{"email":"a@x.org","room":"abc","userId":"u_9"}])") == "dropped");
  CHECK(asked(p, "room:join:decision", R"([{"room":"abc","requesterSocketId":"s_2","userId":"u_2","allow":true}])") ==
        R"(admit [{"roomId":"abc","userId":"u_2"}])");
  CHECK(asked(p, "room:join:decision", R"([{"room":"abc","requesterSocketId":"s_2","allow":false}])") ==
        R"(deny [{"roomId":"abc","userId":"s_2"}])");
  CHECK(told(p, "knock", R"({"id":"s_2","socketId":"s_2","userId":"u_2","name":"Bob","seq":4})") ==
        lines{R"(room:join:request [{"name":"Bob","socketId":"s_2","userId":"u_2"}])"});
  CHECK(told(p, "waiting", R"({"roomId":"abc"})").front().starts_with("room:join:waiting "));
  CHECK(told(p, "admitted", R"({"roomId":"abc","userId":"u_2"})").front().starts_with("room:join:accepted "));
  CHECK(told(p, "denied", R"({"roomId":"abc","reason":"denied"})") ==
        lines{R"(room:join:denied [{"message":"The host did not let you in."}])"});
  CHECK(told(p, "room-joined",
             R"({"roomId":"abc","displayId":"ABC","userId":"u_1","isHost":true,"participantCount":1,"users":[]})") ==
        lines{R"(room:join [{"isHost":true,"room":"ABC","userId":"u_1"}])"});
  CHECK(p.refusal("room:join", {errc::room_full, "the room is full", 0})->event == "room:join:denied");
  CHECK(told(p, "connected", "{}").empty());
}

TEST_CASE("meetings: a call, in the order in which this client takes it") {
  const auto& p = named("meetings");
  const auto joined =
      told(p, "room-joined", R"({"displayId":"ABC","userId":"u_2","isHost":false,"participantCount":2})");
  REQUIRE(joined.size() == 2);
  CHECK(joined[1].starts_with(R"(user:already:in:room [{"id":"others")"));
  CHECK(asked(p, "user:call", R"([{"to":"others","offer":{"sdp":"x"}}])") == "dropped");
  CHECK(asked(p, "ice:candidate", R"([{"to":"others","candidate":{"candidate":"c"}}])") == "dropped");
  CHECK(told(p, "user-joined", R"({"socketId":"s_2","userId":"u_2","name":"Bob","isHost":false})") ==
        lines{R"(user:joined [{"id":"s_2","isHost":false,"name":"Bob","userId":"u_2"}])"});
  CHECK(asked(p, "user:call", R"([{"to":"s_2","offer":{"sdp":"x"}}])") ==
        R"(offer [{"offer":{"sdp":"x"},"to":"s_2"}])");
  CHECK(told(p, "offer-received", R"({"offer":{"sdp":"x"},"sdp":{"sdp":"x"},"from":"s_1","fromId":"u_1"})", "/",
             "offer") == lines{R"(incomming:call [{"from":"s_1","offer":{"sdp":"x"}}])",
                               R"(user:already:in:room [{"id":"s_1","userId":"u_1"}])",
                               R"(user:left [{"id":"others"}])"});
  CHECK(asked(p, "call:accepted", R"([{"to":"s_1","ans":{"sdp":"y"}}])") ==
        R"(answer [{"answer":{"sdp":"y"},"to":"s_1"}])");
  CHECK(told(p, "answer-received", R"({"answer":{"sdp":"y"},"from":"s_2"})") ==
        lines{R"(call:accepted [{"ans":{"sdp":"y"},"from":"s_2"}])"});
  CHECK(asked(p, "ice:candidate", R"([{"to":"s_1","candidate":{"candidate":"c"}}])") ==
        R"(ice-candidate [{"candidate":{"candidate":"c"},"to":"s_1"}])");
  CHECK(told(p, "ice-candidate-received", R"({"candidate":null,"from":"s_2"})") ==
        lines{R"(ice:candidate [{"candidate":null,"from":"s_2"}])"});
}

TEST_CASE("meetings: chat, reactions, hands, and who is put out") {
  const auto& p = named("meetings");
  CHECK(asked(p, "chat:message", R"([{"room":"abc","name":"Ada","text":"hi"}])") ==
        R"(send-message [{"roomId":"abc","text":"hi"}])");
  CHECK(told(p, "message-received",
             R"({"id":"m1","text":"hi","sender":"Ada","timestamp":"2026-01-01T00:00:00.000Z","seq":2})") ==
        lines{R"(chat:message [{"createdAt":"2026-01-01T00:00:00.000Z","id":"m1","name":"Ada","text":"hi"}])"});
  CHECK(asked(p, "hand:raise", R"([{"room":"abc","socketId":"s_1","isRaised":true,"name":"Ada"}])") ==
        R"(status [{"handRaised":true,"roomId":"abc"}])");
  CHECK(told(p, "status", R"({"socketId":"s_1","name":"Ada","handRaised":false,"muted":true})") ==
        lines{R"(audio:status [{"from":"s_1","muted":true}])",
              R"(hand:raise [{"isRaised":false,"name":"Ada","socketId":"s_1"}])"});
  CHECK(asked(p, "audio:status", R"([{"to":"s_2","muted":true}])") == R"(status [{"muted":true}])");
  CHECK(asked(p, "user:kick", R"([{"room":"abc","userId":"u_2","socketId":"s_2"}])") ==
        R"(kick [{"roomId":"abc","userId":"u_2"}])");
  CHECK(told(p, "user-left", R"({"socketId":"s_2","userId":"u_2","name":"Bob","reason":"kicked"})").size() == 2);
  CHECK(told(p, "user-left", R"({"socketId":"s_2","userId":"u_2","name":"Bob","reason":"left"})").size() == 1);
  CHECK(told(p, "user-left", R"({"socketId":"s_2","userId":"u_2","reason":"left","participantCount":1})").back() ==
        R"(user:left [{"id":"others"}])");
  CHECK(told(p, "kicked", R"({"roomId":"abc","reason":"kicked"})").front().starts_with("user:kicked "));
  CHECK(asked(p, "screen:share:stop", R"([{"room":"abc"}])") == "dropped");
}

TEST_CASE("one-time chats: nobody learns who is there, and a room has the id that its first comer wrote") {
  const auto& p = named("one-time-chat");
  CHECK(asked(p, "join-room", R"([{"roomId":"AB12"}])") == R"(join-room [{"roomId":"AB12"}])");
  CHECK(told(p, "room-joined", R"({"roomId":"ab12","displayId":"AB12","participantCount":2,"users":[{"name":"x"}]})") ==
        lines{R"(room-joined [{"participantCount":2,"roomId":"AB12"}])"});
  CHECK(told(p, "user-joined", R"({"userId":"u_2","name":"Bob","participantCount":3})") ==
        lines{R"(user-joined [{"participantCount":3}])"});
  const auto message =
      told(p, "message-received",
           R"({"id":"m1","text":"hi","sender":"Guest","senderId":"g_1","timestamp":"t","roomId":"ab12","seq":3})", "/",
           "receive-message");
  CHECK(
      message ==
      lines{
          R"(message-received [{"displayName":"Guest","id":"m1","roomId":"ab12","sender":"anonymous","text":"hi","timestamp":"t"}])"});
  CHECK(told(p, "exception", R"({"status":"error","code":"room_full","message":"full"})") ==
        lines{R"(error [{"code":"room_full","message":"full"}])"});
  const walk one{p,
                 "GET",
                 "/api/rooms/AB12",
                 "",
                 {},
                 200,
                 R"({"roomId":"ab12","displayId":"AB12","createdAt":"t","participantCount":1,"closed":true})"};
  CHECK(one.target() == "GET /api/rooms/AB12");
  CHECK(one.answer() ==
        json_of(R"({"success":true,"room":{"roomId":"AB12","createdAt":"t","participantCount":1,"isActive":false}})"));
}

TEST_CASE("lounges: a message in each of the three vocabularies") {
  const auto& p = named("lounges");
  CHECK(asked(p, "join lounge", R"([{"loungeId":"en-all","username":"ada"}])") ==
        R"(join-lounge [{"loungeId":"en-all","name":"ada"}])");
  CHECK(asked(p, "join-room", R"(["en-all"])") == R"(join-lounge ["en-all"])");
  CHECK(asked(p, "join_room", R"([{"loungeId":"l","languageRoomId":"r"}])") == R"(join-lounge [{"loungeId":"r"}])");
  CHECK(asked(p, "chat message", R"(["hello"])") == R"(message ["hello"])");
  CHECK(asked(p, "chat message", R"([{"id":"1","userId":"u","username":"ada","text":"hello","timestamp":"t"}])") ==
        R"(message [{"id":"1","text":"hello"}])");
  CHECK(asked(p, "chat_message", R"([{"languageRoomId":"r","messageText":"hello"}])") ==
        R"(message [{"loungeId":"r","text":"hello"}])");
  CHECK(asked(p, "typing_stop", R"([{"languageRoomId":"r"}])") == R"(typing [{"isTyping":false,"loungeId":"r"}])");
  CHECK(asked(p, "request counts", "[]") == "dropped");

  const auto message =
      told(p, "message",
           R"({"id":"m1","text":"hello","sender":"ada","senderId":"u_1","timestamp":"t","loungeId":"r","seq":9})");
  REQUIRE(message.size() == 3);
  CHECK(message[0] == R"(chat message ["hello"])");
  CHECK(message[1].starts_with(
      R"(chat_message [{"createdAt":"t","displayUsername":"ada","id":"m1","languageRoomId":"r")"));
  CHECK(message[2].starts_with("message [{"));
  CHECK(told(p, "message", R"({"id":"m1","text":"hello","conversationId":"c","receiverId":"u_2"})").size() == 1);
  CHECK(told(p, "user-list", R"({"users":[{"userId":"u_1","username":"ada","joinedAt":"t"}]})") ==
        lines{R"(user-list [[{"id":"u_1","isOnline":true,"lastSeenAt":"t","username":"ada"}]])"});
  CHECK(told(p, "user-joined",
             R"({"userId":"u_1","username":"ada","loungeId":"r","participantCount":5,"timestamp":"t"})")[1] ==
        R"(user count [{"count":5,"loungeId":"r"}])");
}

TEST_CASE("lounges: REST") {
  const auto& p = named("lounges");
  const walk list{p,
                  "GET",
                  "/api/lounges",
                  "",
                  {{"language", "en"}},
                  200,
                  R"([{"id":"l","name":"Hall","topic":"all","participantCount":3}])"};
  CHECK(
      list.answer() ==
      json_of(
          R"({"language":"en","lounges":[{"id":"l","name":"Hall","description":"all","memberCount":3,"activeNow":3}]})"));
  const walk in{p,   "POST", "/api/auth/signin", R"({"phoneNumber":"a@x.org","password":"p","staySignedIn":true})", {},
                200, account};
  CHECK(in.target() == "POST /api/auth/login");
  CHECK(json_of(in.request.body) == json_of(R"({"email":"a@x.org","password":"p"})"));
  CHECK(in.answer().at("user").at("phoneNumber") == "a@x.org");
  const walk guest{p,
                   "POST",
                   "/api/auth/guest",
                   R"({"ageCategory":"PLUS_18"})",
                   {},
                   201,
                   R"({"token":"t","id":"g_1","expiresAt":"e"})"};
  CHECK(guest.request.body == "{}");
  CHECK(guest.answer().at("guestId") == "g_1");
  const walk csrf{p, "POST", "/api/auth/csrf", "", {}, 0, ""};
  CHECK(csrf.answer() == json_of(R"({"csrfToken":null})"));
}

TEST_CASE("bookings: namespaces, threads and exceptions") {
  const auto& p = named("bookings");
  CHECK(p.serves("/messages"));
  CHECK(p.serves("/notifications"));
  CHECK(told(p, "connected", "{}", "/messages") == lines{R"(status [{"status":"open"}])"});
  CHECK(asked(p, "thread:join", R"([{"threadId":"u_2"}])", "/messages") == "dropped");
  const auto message =
      R"({"id":"m1","text":"hi","senderId":"u_1","receiverId":"u_2","createdAt":"t","conversationId":"c"})";
  const auto events = told(p, "message", message, "/messages");
  REQUIRE(events.size() == 2);
  CHECK(events[0].ends_with(R"("threadId":"u_1"}])"));
  CHECK(events[1].ends_with(R"("threadId":"u_2"}])"));
  CHECK(told(p, "message", message, "/notifications").empty());
  CHECK(told(p, "notification:new", R"({"id":"n","title":"T","body":"B","kind":"k","read":false,"createdAt":"t"})",
             "/notifications")
            .size() == 1);
  CHECK(p.refusal("anything", {errc::muted, "no", 0}) ==
        foreign_reply{"exception", R"([{"status":"error","message":"no","code":"muted"}])"});
}

TEST_CASE("bookings: signing in, lists in {data}, orders and prices") {
  const auto& p = named("bookings");
  const walk in{p,  "POST", "/auth/register", R"({"email":"a@x.org","password":"p","firstName":"Ada","lastName":"L"})",
                {}, 201,    account};
  CHECK(in.target() == "POST /api/auth/register");
  CHECK(json_of(in.request.body).at("name") == "Ada L");
  CHECK(in.answer().at("access_token") == "t");
  CHECK(in.answer().at("refresh_token") == "r");
  CHECK(in.answer().at("user").at("firstName") == "Ada L");

  const walk messages{
      p, "GET", "/threads/u_2/messages", "", {}, 200, R"([{"id":"m1","text":"hi","senderId":"u_2","createdAt":"t"}])"};
  CHECK(messages.request.parameter("with") == "u_2");
  CHECK(messages.answer().at("data").at(0).at("kind") == "text");
  const walk threads{p, "GET", "/threads", "", {}, 200, R"([{"id":"c","userId":"u_2","name":"Bob","updatedAt":"t"}])"};
  CHECK(threads.answer().at("data").at(0).at("participantMeta").at("u_2").at("name") == "Bob");
  CHECK(threads.answer().at("total") == 1);

  const walk order{p,
                   "PATCH",
                   "/orders/b_1/status",
                   R"({"status":"canceled"})",
                   {},
                   200,
                   R"({"id":"b_1","status":"cancelled","title":"Lesson"})"};
  CHECK(order.target() == "PUT /api/bookings/b_1");
  CHECK(order.request.body == R"({"status":"cancelled"})");
  CHECK(order.answer().at("status") == "canceled");
  const walk service{p,
                     "POST",
                     "/provider-services",
                     R"({"title":"Lesson","basePrice":19.99})",
                     {},
                     201,
                     R"({"id":"s_1","title":"Lesson","priceMinor":1999,"active":true})"};
  CHECK(json_of(service.request.body) ==
        json_of(R"({"title":"Lesson","priceMinor":1999,"currency":"EUR","durationMinutes":60})"));
  CHECK(service.answer().at("basePrice") == 19.99);
  CHECK(service.answer().at("status") == "active");
  const walk refused{
      p,
      "POST",
      "/auth/login",
      "{}",
      {},
      401,
      R"({"status":401,"code":"invalid_credentials","message":"Invalid credentials","error":"Invalid credentials"})"};
  CHECK(refused.answer().at("statusCode") == 401);
}

TEST_CASE("messenger: direct messages, lists and a call") {
  const auto& p = named("messenger");
  CHECK(p.paths() == std::vector<std::string>{"/api/socket/io"});
  CHECK(asked(p, "setup", R"(["u_1"])") == "dropped");
  CHECK(asked(p, "join-room", R"(["u_1-u_2","u_1"])") == "dropped");
  CHECK(asked(p, "send-message",
              R"([{"senderId":"u_9","receiverId":"u_2","content":"hi","timestamp":1,"roomId":"u_1-u_2"}])") ==
        R"(message [{"content":"hi","receiverId":"u_2"}])");
  CHECK(
      told(
          p, "message",
          R"({"id":"m1","conversationId":"c","content":"hi","senderId":"u_1","receiverId":"u_2","createdAt":"t","timestamp":"t"})",
          "/", "receive_message") ==
      lines{
          R"(receive-message [{"content":"hi","createdAt":"t","id":"m1","receiverId":"u_2","senderId":"u_1","timestamp":"t"}])"});
  CHECK(told(p, "call-accepted", R"({"callId":"c","answer":{"sdp":"x"}})") == lines{R"(call-accepted [{"sdp":"x"}])"});

  const walk me{p, "GET", "/api/auth/me", "", {}, 200, account};
  CHECK(me.answer() == json_of(R"({"user":{"id":"u_1","email":"a@x.org","name":"Ada L"}})"));
  const walk users{p, "GET", "/api/users", "", {}, 200, R"([{"id":"u_2","name":"Bob"}])"};
  CHECK(users.answer() == json_of(R"({"users":[{"id":"u_2","name":"Bob"}]})"));
  const walk messages{p, "GET", "/api/messages", "", {{"otherUserId", "u_2"}}, 200, R"([{"id":"m2"},{"id":"m1"}])"};
  CHECK(messages.request.parameter("with") == "u_2");
  CHECK(messages.request.parameter("order") == "desc");
  CHECK(messages.answer() == json_of(R"({"messages":[{"id":"m1"},{"id":"m2"}]})"));
  const walk name{p, "PUT", "/api/auth/profile", R"({"name":"New"})", {}, 200, R"({"id":"u_1","name":"New"})"};
  CHECK(name.target() == "PATCH /api/users/me");
}
