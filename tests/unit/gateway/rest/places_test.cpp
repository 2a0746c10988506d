#include "told_rooms.hpp"

using namespace parley;
using namespace std::string_literals;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {
const user_id somebody{"u_host"};
} // namespace

TEST_CASE("a room is opened and answered flat and nested") {
  server s;
  const auto a = s.ask("POST", "/api/rooms", s.signed_up(), R"({"title":"Team","capacity":5,"expiresInSeconds":60})");
  REQUIRE(a.status() == 201);
  CHECK(a.body["success"] == true);
  CHECK(a.body["room"]["roomId"] == a.body["roomId"]);
  CHECK(a.body["capacity"] == 5);
  CHECK(a.text("expiresAt") == "2026-11-21T00:01:00.000Z");
  CHECK(a.header("ETag") == "\"1\"");
}

TEST_CASE("fields of a room out of bounds or of a wrong type are named") {
  server s;
  const auto me = s.signed_up();
  const auto refused = [&](const char* body, int status, const char* field) {
    const auto a = s.ask("POST", "/api/rooms", me, body);
    CAPTURE(body);
    CHECK(a.status() == status);
    CHECK(a.text("error").find(field) != std::string::npos);
  };
  refused(R"({"capacity":0})", 422, "capacity");
  refused(R"({"capacity":18446744073709551615})", 422, "capacity");
  refused(R"({"capacity":"5"})", 400, "capacity");
  refused(R"({"capacity":1.5})", 400, "capacity");
  refused(R"({"expiresInSeconds":-1})", 422, "expiresInSeconds");
  refused(R"({"history":"some"})", 422, "history");
  refused(R"({"guests":1})", 400, "guests");
  refused(R"({"title":["x"]})", 400, "title");
}

TEST_CASE("somebody without a token opens a room as a guest") {
  server s;
  const auto a = s.ask("POST", "/api/rooms");
  REQUIRE(a.status() == 201);
  CHECK(s.entities.asked.back().guest);
  CHECK(a.text("hostId") == s.entities.asked.back().user.text);
}

TEST_CASE("a create repeated with its key meets the same room; with another body it is refused") {
  server s;
  const auto me = s.signed_up() + header_list{{"idempotency-key", "k1"}};
  const auto first = s.ask("POST", "/api/rooms", me, R"({"title":"A"})");
  const auto again = s.ask("POST", "/api/rooms", me, R"({"title":"A"})");
  CHECK(again.status() == 201);
  CHECK(again.body == first.body);
  CHECK(s.ask("POST", "/api/rooms", me, R"({"title":"B"})").text("code") == "key_reused");
  const auto bob = s.signed_up("bob@example.org") + header_list{{"idempotency-key", "k1"}};
  CHECK(s.ask("POST", "/api/rooms", bob, R"({"title":"A"})").text("roomId") != first.text("roomId"));
}

TEST_CASE("a room is found whatever the case of its id") {
  server s;
  open_team_room(s, somebody).participants = 7;
  const auto a = s.ask("GET", "/api/rooms/TEAM-1");
  CHECK(a.text("roomId") == "team-1");
  CHECK(a.text("displayId") == "Team-1");
  CHECK(a.body["participantCount"] == 7);
  CHECK(a.body["expiresAt"].is_null());
}

TEST_CASE("an unknown, closed or impossible room is not found") {
  server s;
  open_team_room(s, somebody).closed = "expired";
  for (const std::string& room : {"nowhere"s, "team-1"s, "a\r\nb"s, "\xff"s, std::string(300, 'x')})
    for (const std::string what : {"", "/users", "/messages"}) {
      const auto a = s.ask("GET", "/api/rooms/" + room + what);
      CHECK(a.status() == 404);
      CHECK(a.text("error") == "Room not found");
    }
}

TEST_CASE("its host deletes a room, nobody else does") {
  server s;
  const auto host = s.signed_up();
  const auto room = "/api/rooms/" + s.ask("POST", "/api/rooms", host).text("roomId");
  CHECK(s.ask("DELETE", room).status() == 401);
  CHECK(s.ask("DELETE", room, s.signed_up("bob@example.org")).status() == 403);
  CHECK(s.ask("DELETE", room, host + header_list{{"if-match", "\"7\""}}).status() == 412);
  CHECK(s.ask("DELETE", room, host + header_list{{"if-match", "\"1\""}}).status() == 200);
  CHECK(s.ask("DELETE", "/api/rooms/nowhere", host).text("error") == "Room not found");
}

TEST_CASE("who is in a room is listed and counted") {
  server s;
  open_team_room(s, somebody).participants = 7;
  s.reads.member_rows = {{{"s_1"}, {"u_ann"}, "Ann", true, false, s.clock.at}};
  const auto a = s.ask("GET", "/api/rooms/team-1/users");
  CHECK(a.text("roomId") == "team-1");
  CHECK(a.body["count"] == 1);
  CHECK(a.body["users"][0]["socketId"] == "s_1");
  CHECK(a.body["users"][0]["userId"] == "u_ann");
  s.reads.next = "more";
  CHECK(s.ask("GET", "/api/rooms/team-1/users?limit=1").body["count"] == 7);
}

TEST_CASE("a room without guests is read by registered users only") {
  server s;
  domain::room::open without_guests;
  without_guests.guests = false;
  open_team_room(s, somebody, without_guests);
  const auto guest = s.ask("POST", "/api/auth/guest", {}, R"({"name":"G"})");
  CHECK(s.ask("GET", "/api/rooms/team-1/messages").status() == 401);
  CHECK(s.ask("GET", "/api/rooms/team-1/messages", server::bearer(guest)).text("code") == "guests_not_allowed");
  CHECK(s.ask("GET", "/api/rooms/team-1/messages", s.signed_up()).status() == 200);
}

TEST_CASE("messages are an array in the shape of the live ones") {
  server s;
  open_team_room(s, somebody);
  s.reads.message_rows = {
      {{"m_1"}, {"u_ann"}, {"s_1"}, "Ann", "hi \"there\"", R"({"id":"m_0"})", "", 3, s.clock.at, {}, {}}};
  const auto a = s.ask("GET", "/api/rooms/team-1/messages?order=desc");
  REQUIRE(a.body.is_array());
  CHECK(a.body[0]["text"] == "hi \"there\"");
  CHECK(a.body[0]["content"] == a.body[0]["message"]);
  CHECK(a.body[0]["seq"] == 3);
  CHECK(a.body[0]["replyTo"]["id"] == "m_0");
  CHECK(s.reads.searched == "room/team-1 newest");
  CHECK(s.ask("GET", "/api/rooms/team-1/messages?order=sideways").status() == 422);
}

TEST_CASE("a meeting is a room with a title") {
  server s;
  const auto me = s.signed_up();
  const auto a = s.ask("POST", "/api/meetings", me, R"({"startsAt":"2026-12-01T10:00:00Z"})");
  REQUIRE(a.status() == 201);
  CHECK(a.text("id") == a.text("roomId"));
  CHECK(a.body["meeting"]["id"] == a.body["id"]);
  CHECK(a.text("title") == "Meeting");
  CHECK_FALSE(a.text("hostId").empty());
  CHECK_FALSE(a.text("createdAt").empty());
  CHECK(s.ask("POST", "/api/meetings", me, R"({"startsAt":"tomorrow"})").status() == 422);
  CHECK(s.ask("POST", "/api/meetings").status() == 401);
  open_team_room(s, somebody);
  CHECK(s.ask("GET", "/api/meetings", me).body[0]["id"] == "team-1");
  CHECK(s.ask("GET", "/api/meetings/team-1", me).text("error") == "Room not found");
  s.reads.room_rows[0].meeting = true;
  CHECK(s.ask("GET", "/api/meetings/team-1", me).text("id") == "team-1");
}

TEST_CASE("a lounge is created by a registered user under both paths") {
  server s;
  const auto me = s.signed_up();
  const auto a = s.ask("POST", "/lounges", me, R"({"name":"Corner","topic":"tea"})");
  REQUIRE(a.status() == 201);
  CHECK(a.text("name") == "Corner");
  CHECK(a.body["lounge"]["id"] == a.body["id"]);
  CHECK(s.ask("POST", "/api/lounges", me, "{}").text("error") == "name is missing");
  CHECK(s.ask("POST", "/api/lounges", {}, R"({"name":"x"})").status() == 401);
  const auto guest = server::bearer(s.ask("POST", "/api/auth/guest", {}, R"({"name":"G"})"));
  CHECK(s.ask("POST", "/api/lounges", guest, R"({"name":"x"})").status() == 403);
}

TEST_CASE("lounges, their messages and members are read by anybody") {
  server s;
  s.reads.lounge_rows = {{{"lg_1"}, "Corner", "tea", {"u_ann"}, 2, s.clock.at, 5}};
  CHECK(s.ask("GET", "/lounges").body[0]["name"] == "Corner");
  CHECK(s.ask("GET", "/api/lounges/lg_1").header("ETag") == "\"5\"");
  CHECK(s.ask("GET", "/api/lounges/lg_1/messages").body.is_array());
  CHECK(s.ask("GET", "/api/lounges/lg_1/members").body.is_array());
  for (const auto* path : {"/api/lounges/x", "/api/lounges/x/messages", "/lounges/x/members"})
    CHECK(s.ask("GET", path).text("code") == "lounge_not_found");
}

TEST_CASE("a user is renamed and searched; only they see their address") {
  server s;
  const auto a = s.sign_up();
  const auto me = server::bearer(a);
  CHECK(s.ask("PATCH", "/api/users/me", me, R"({"name":"Anna"})").text("name") == "Anna");
  CHECK(s.ask("PATCH", "/api/users/me", me + header_list{{"if-match", "\"1\""}}, R"({"name":"B"})").status() == 412);
  CHECK(s.ask("PATCH", "/api/users/me", me, R"({"name":""})").status() == 422);
  s.reads.user_rows = {{{"u_bob"}, "Bob", "bob@example.org", false, s.clock.at, 2}};
  const auto found = s.ask("GET", "/api/users?search=bo", me);
  CHECK(s.reads.searched == "bo");
  CHECK_FALSE(found.body[0].contains("email"));
  CHECK_FALSE(s.ask("GET", "/api/users/u_bob", me).body.contains("email"));
  CHECK(s.ask("GET", "/api/users/nobody", me).text("error") == "User not found");
  CHECK(s.ask("GET", "/api/users?search=\xff", me).status() == 422);
}
