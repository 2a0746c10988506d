// What REST says of rooms to their host and to whom the host let in.

#include "told_rooms.hpp"

#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

using domain::room;

room::open asking() {
  room::open as;
  as.admission = "ask";
  return as;
}
user_id id_of(const answered& signed_up) { return {signed_up.text("id")}; }

const std::vector<std::string> what_is_inside{"/api/rooms/team-1/messages", "/api/rooms/team-1/users"};

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
  open_team_room(s, id_of(host), asking()).starts_at = s.clock.at;
  const auto a = s.ask("GET", "/api/rooms/team-1");
  CHECK(a.text("admission") == "ask");
  CHECK(a.text("startsAt") == "2026-11-21T00:00:00.000Z");
  CHECK(a.body["isHost"] == false);
  CHECK(s.ask("GET", "/api/rooms/team-1", server::bearer(host)).body["isHost"] == true);
}

TEST_CASE("who is in a room that asks, and what they say, is for the host and whom the host let in") {
  server s;
  const auto host = s.sign_up(), ben = s.sign_up("ben@example.org");
  const auto& room = open_team_room(s, id_of(host), asking()).id;
  in_room(s, room, id_of(ben), room::join{room, {}, false, {}, false});
  for (const auto& path : what_is_inside) {
    CHECK(s.ask("GET", path).status() == 401);
    CHECK(s.ask("GET", path, server::bearer(ben)).text("code") == "not_member");
    CHECK(s.ask("GET", path, server::bearer(host)).status() == 200);
  }
  in_room(s, room, id_of(host), room::admit{id_of(ben).text});
  for (const auto& path : what_is_inside) CHECK(s.ask("GET", path, server::bearer(ben)).status() == 200);
}

TEST_CASE("whom the host removed sees no more than the door of any room, until the host lets them in again") {
  server s;
  const auto host = s.sign_up(), ben = s.sign_up("ben@example.org"), eve = s.sign_up("eve@example.org");
  room::open as;
  as.guests = GENERATE(true, false);
  const auto& room = open_team_room(s, id_of(host), as).id;
  in_room(s, room, id_of(ben), room::join{room, {}, false, {}, false});
  for (const auto& path : what_is_inside) CHECK(s.ask("GET", path, server::bearer(ben)).status() == 200);
  in_room(s, room, id_of(host), room::kick{id_of(ben).text});
  for (const auto& path : what_is_inside) {
    const auto refused = s.ask("GET", path, server::bearer(ben));
    CHECK(refused.status() == 403);
    CHECK(refused.text("code") == "forbidden");
    CHECK(s.ask("GET", path, server::bearer(eve)).status() == 200);
    CHECK(s.ask("GET", path).text("code") == "unauthenticated");
  }
  CHECK(s.ask("GET", "/api/rooms/team-1", server::bearer(ben)).status() == 200);
  in_room(s, room, id_of(host), room::admit{id_of(ben).text});
  for (const auto& path : what_is_inside) CHECK(s.ask("GET", path, server::bearer(ben)).status() == 200);
}

TEST_CASE("a room that does not answer shows nothing") {
  server s;
  open_team_room(s, {"u_host"});
  SECTION("it refuses") { s.entities.fails = error{errc::unavailable, {}, 1}; }
  SECTION("it drops the question") { s.entities.drops = true; }
  for (const auto& path : what_is_inside) CHECK(s.ask("GET", path).status() == 503);
}

TEST_CASE("whom the host removed may report the host; who was never let in reports nobody") {
  server s;
  const auto host = s.sign_up(), ben = s.sign_up("ben@example.org"), eve = s.sign_up("eve@example.org");
  const auto& room = open_team_room(s, id_of(host), asking()).id;
  in_room(s, room, id_of(ben), room::join{room, {}, false, {}, false});
  in_room(s, room, id_of(host), room::kick{id_of(ben).text});
  const auto body = R"({"roomId":"team-1","targetId":")" + host.text("id") + R"(","reason":"rude"})";
  CHECK(s.ask("POST", "/api/reports", server::bearer(ben), body).status() == 201);
  CHECK(s.ask("POST", "/api/reports", server::bearer(eve), body).text("code") == "not_member");
}

TEST_CASE("whom the host removed reports what was said before, and nothing that was said since") {
  server s;
  const auto host = s.sign_up(), ben = s.sign_up("ben@example.org"), eve = s.sign_up("eve@example.org");
  const auto& room = open_team_room(s, id_of(host)).id;
  in_room(s, room, id_of(ben), room::join{room, {}, false, {}, false}); // seq 2; the removal is seq 3
  in_room(s, room, id_of(host), room::kick{id_of(ben).text});
  in_room(s, room, id_of(eve), room::join{room, {}, false, {}, false});
  const auto reporting = [&](const answered& who, version seq) {
    message_row said;
    said.id = {"m1"}, said.user = id_of(host), said.text = "rude", said.seq = seq;
    s.moderation.message_rows = {said};
    return s.ask("POST", "/api/reports", server::bearer(who), R"({"roomId":"team-1","messageId":"m1","reason":"x"})");
  };
  CHECK(reporting(ben, 4).text("code") == "not_found");
  CHECK(reporting(eve, 4).status() == 201);
  CHECK(reporting(ben, 3).status() == 201);
}

TEST_CASE("a room is not planned for a time that is over") {
  server s; // its clock stands at the beginning of November 21st
  const auto me = s.signed_up();
  const std::string over = R"({"startsAt":"2020-01-01T00:00:00Z"})",
                    just_over = R"({"startsAt":"2026-11-20T23:56:00Z"})";
  for (const auto* path : {"/api/rooms", "/api/meetings"}) {
    CHECK(s.ask("POST", path, me, over).status() == 422);
    const auto made = s.ask("POST", path, me, just_over);
    REQUIRE(made.status() == 201);
    CHECK(s.ask("PATCH", path + ('/' + made.text("roomId")), me, over).text("code") == "invalid");
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
  CHECK(s.ask("PATCH", path, me, R"({"startsAt":null})").body.at("startsAt").is_null());
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
