// What REST says of rooms to their host and to whom the host let in.

#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

room_row asking_room(const server& s, const user_id& host) {
  room_row r;
  r.id = {"team-1"}, r.display_id = "Team-1", r.history = "kept", r.host = host, r.capacity = 10;
  r.created_at = s.clock.at, r.version = 9, r.admission = "ask";
  return r;
}

} // namespace

TEST_CASE("a room says who may come in, when it is planned for, and whether one is its host") {
  server s;
  const auto me = s.signed_up();
  const auto a = s.ask("POST", "/api/rooms", me, R"({"admission":"ask","startsAt":"2026-12-01T10:00:00+01:00"})");
  REQUIRE(a.status() == 201);
  CHECK(a.text("admission") == "ask");
  CHECK(a.text("startsAt") == "2026-12-01T09:00:00.000Z");
  CHECK(a.body["isHost"] == true);
  CHECK(s.ask("POST", "/api/rooms", me).text("admission") == "open");
  CHECK(s.ask("POST", "/api/meetings", me, R"({"admission":"ask"})").body["meeting"]["admission"] == "ask");
  CHECK(s.ask("POST", "/api/rooms", me, R"({"admission":"maybe"})").status() == 422);
  CHECK(s.ask("POST", "/api/rooms", me, R"({"admission":1})").status() == 400);
  CHECK(s.ask("POST", "/api/rooms", me, R"({"startsAt":7})").status() == 400);
}

TEST_CASE("nobody opens a room that asks its host without being somebody who can let people in") {
  server s;
  const auto a = s.ask("POST", "/api/rooms", {}, R"({"admission":"ask"})");
  CHECK(a.status() == 401);
  CHECK(a.text("code") == "unauthenticated");
  CHECK(a.text("message").starts_with("sign in first"));
  CHECK(s.entities.asked.empty());
  CHECK(s.ask("POST", "/api/meetings", {}, R"({"admission":"ask"})").status() == 401);
  CHECK(s.ask("POST", "/api/rooms", {}, R"({"admission":"open"})").status() == 201);
  const auto guest = s.ask("POST", "/api/auth/guest", {}, R"({"name":"Gus"})");
  CHECK(s.ask("POST", "/api/rooms", s.bearer(guest), R"({"admission":"ask"})").status() == 201);
}

TEST_CASE("what one sees at a door is told to anybody; isHost to the host") {
  server s;
  const auto host = s.sign_up();
  auto row = asking_room(s, {host.body["id"].get<std::string>()});
  row.starts_at = s.clock.at;
  s.reads.room_rows = {row};
  const auto a = s.ask("GET", "/api/rooms/team-1");
  CHECK(a.text("admission") == "ask");
  CHECK(a.text("startsAt") == "2026-11-21T00:00:00.000Z");
  CHECK(a.body["isHost"] == false);
  CHECK(s.ask("GET", "/api/rooms/team-1", server::bearer(host)).body["isHost"] == true);
}

TEST_CASE("who is in a room that asks, and what they say, is for the host and whom the host let in") {
  server s;
  const auto host = s.sign_up();
  const auto ben = s.sign_up("ben@example.org");
  s.reads.room_rows = {asking_room(s, {host.body["id"].get<std::string>()})};
  for (const std::string path : {"/api/rooms/team-1/messages", "/api/rooms/team-1/users"}) {
    s.reads.admitted.clear();
    CHECK(s.ask("GET", path).status() == 401);
    CHECK(s.ask("GET", path, server::bearer(ben)).text("code") == "not_member");
    CHECK(s.ask("GET", path, server::bearer(host)).status() == 200);
    s.reads.admitted.insert({{"team-1"}, {ben.body["id"].get<std::string>()}});
    CHECK(s.ask("GET", path, server::bearer(ben)).status() == 200);
  }
}

TEST_CASE("the host changes a room's title and time; null takes away, what is not given stays") {
  server s;
  const auto me = s.signed_up();
  const auto room = s.ask("POST", "/api/rooms", me, R"({"title":"A","startsAt":"2026-12-01T09:00:00Z"})");
  const auto path = "/api/rooms/" + room.text("roomId");
  const auto changed = s.ask("PATCH", path, me, R"({"title":"B"})");
  CHECK(changed.status() == 200);
  CHECK(changed.text("title") == "B");
  CHECK(changed.text("startsAt") == "2026-12-01T09:00:00.000Z");
  CHECK(changed.body["room"]["title"] == "B");
  CHECK(changed.header("ETag") == "\"2\"");
  CHECK_FALSE(s.ask("PATCH", path, me, R"({"startsAt":null})").body.contains("startsAt"));
  CHECK(s.ask("PATCH", path, me, R"({"startsAt":"soon"})").status() == 422);
  CHECK(s.ask("PATCH", path, me, R"({"title":7})").status() == 400);
  CHECK(s.ask("PATCH", path, me + header_list{{"if-match", "\"1\""}}, R"({"title":"C"})").status() == 412);
  CHECK(s.ask("PATCH", path, me + header_list{{"if-match", "\"3\""}}, R"({"title":"C"})").status() == 200);
  CHECK(s.ask("PATCH", path, s.signed_up("bob@example.org"), R"({"title":"D"})").status() == 403);
  CHECK(s.ask("PATCH", path, {}, R"({"title":"D"})").status() == 401);
  CHECK(s.ask("PATCH", "/api/rooms/nowhere", me, R"({"title":"D"})").text("error") == "Room not found");
}

TEST_CASE("a meeting is changed as a meeting") {
  server s;
  const auto me = s.signed_up();
  const auto meeting = s.ask("POST", "/api/meetings", me, R"({"title":"A"})");
  const auto a = s.ask("PATCH", "/api/meetings/" + meeting.text("id"), me, R"({"startsAt":"2026-12-01T09:00:00Z"})");
  CHECK(a.status() == 200);
  CHECK(a.text("id") == meeting.text("id"));
  CHECK(a.body["meeting"]["startsAt"] == "2026-12-01T09:00:00.000Z");
}
