#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

/// Everything a projection wrote, one line a row, for comparing.
std::string contents(const test_database& database) {
  std::string all;
  for (const std::string table :
       {"users", "logins", "sessions", "rooms", "lounges", "members", "messages", "checkpoint"})
    all += table + ": " +
           ask(database, "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM " + table + " t") +
           "\n";
  return all;
}

position tell_much(story& s) {
  s.sign_up("u_1", "Ada");
  s.sign_up("u_2", "Grace");
  s.account("u_2", events::renamed{"Grace H."});
  s.account("u_g", events::guest_registered{{"u_g"}, "Guest"});
  s.account("u_1", events::login_opened{{"l_1"}, noon + std::chrono::hours{24}, "Firefox"});
  s.account("u_1", events::login_opened{{"l_2"}, noon + std::chrono::hours{24}, "curl"});
  s.account("u_1", events::login_refreshed{{"l_1"}, 1, noon + std::chrono::hours{48}});
  s.account("u_1", events::login_revoked{{"l_2"}, "logout"});
  s.open_room("r1", "Standup");
  s.open_room("secret", "", "none");
  s.session("s_1", events::session_opened{{"s_1"}, {"u_1"}, {"l_1"}, false, "Ada"});
  s.session("s_1", events::entered{{"room/r1"}});
  s.room("r1", events::joined{{"u_1"}, {"s_1"}, true, false, 1, "Ada"});
  s.room("r1", events::joined{{"u_2"}, {"s_2"}, false, false, 2, "Grace"});
  for (int i = 0; i < 20; ++i) {
    s.say("r1", "message " + std::to_string(i));
    s.say("secret", "not to be kept");
  }
  s.room("r1", events::left{{"u_2"}, {"s_2"}, false, 1, "left", "Grace"});
  s.session("s_1", events::disconnected{"connection-lost", noon + std::chrono::hours{1}});
  s.lounge("lo_1", events::lounge_created{{"lo_1"}, {"u_1"}, "Garden", "plants"});
  s.lounge("lo_1", events::joined{{"u_g"}, {"s_3"}, false, true, 1, "Guest"});
  return s.lounge("lo_1", events::message_sent{{"m_9"}, {"u_g"}, {"s_3"}, "Guest", "hello", "", ""});
}

} // namespace

TEST_CASE("events become rows") {
  test_database database;
  story s;
  const auto last = tell_much(s);
  running_projector p{s.log, database};
  wait_for(p.progress, last);

  CHECK(ask(database,
            "SELECT string_agg(name || '/' || email || '/' || version || '/' || guest, ' ' ORDER BY id) FROM users") ==
        "Ada/u_1@example.org/5/false Grace H./u_2@example.org/2/false Guest//1/true");
  CHECK(ask(database, "SELECT string_agg(id || ' ' || device || ' ' || expires_at, ', ') FROM logins") ==
        "l_1 Firefox 2026-03-03 12:00:00+00");
  CHECK(ask(database, "SELECT string_agg(id || ' ' || meeting || ' ' || participants || ' ' || version, ', ' ORDER BY "
                      "id) FROM rooms") == "r1 true 1 24, secret false 0 21");
  CHECK(ask(database, "SELECT count(*) || ' ' || min(seq) || ' ' || max(seq) FROM messages WHERE place = 'room/r1'") ==
        "20 4 23");
  CHECK(ask(database, "SELECT count(*) FROM messages WHERE place = 'room/secret'") == "0");
  CHECK(ask(database, "SELECT string_agg(place || ' ' || session_id, ', ' ORDER BY place) FROM members") ==
        "lounge/lo_1 s_3, room/r1 s_1");
  CHECK(ask(database, "SELECT reason || ' ' || grace_until || ' ' || version FROM sessions WHERE id = 's_1'") ==
        "connection-lost 2026-03-01 13:00:00+00 3");
  CHECK(ask(database, "SELECT name || ' ' || participants || ' ' || version FROM lounges") == "Garden 1 3");
}

TEST_CASE("a closed room keeps its row and loses its members") {
  test_database database;
  story s;
  s.open_room("r1");
  s.room("r1", events::joined{{"u_1"}, {"s_1"}, true, false, 1, "Ada"});
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  REQUIRE(ask(database, "SELECT count(*) FROM members") == "1");
  const auto last = s.room("r1", events::room_closed{"closed-by-host", {"u_host"}});
  wait_for(p.progress, last);
  CHECK(ask(database, "SELECT count(*) FROM members") == "0");
  CHECK(ask(database, "SELECT closed || ' ' || participants FROM rooms") == "closed-by-host 0");
}

TEST_CASE("the size of the batches does not show in the rows") {
  story s;
  const auto last = tell_much(s);
  std::string expected;
  for (const std::size_t batch : {1, 3, 1000}) {
    test_database database;
    running_projector p{s.log, database, {batch}};
    wait_for(p.progress, last);
    if (expected.empty()) expected = contents(database);
    CHECK(contents(database) == expected);
  }
}

TEST_CASE("hostile strings are only text") {
  test_database database;
  story s;
  const std::string hostile = "'; DROP TABLE users; -- \\ \" {,} NULL $1 \xF0\x9F\x98\x80 \x01";
  s.sign_up("u_1", hostile);
  s.open_room("r1", hostile);
  const auto last = s.say("r1", hostile);
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  CHECK(db->ask("SELECT name FROM users").value().text(0, 0) == hostile);
  CHECK(db->ask("SELECT title FROM rooms").value().text(0, 0) == hostile);
  CHECK(db->ask("SELECT body FROM messages").value().text(0, 0) == hostile);
}

TEST_CASE("a NUL in a text, which PostgreSQL cannot store, becomes U+FFFD") {
  test_database database;
  story s;
  s.open_room("r1");
  const auto last = s.say("r1", std::string{"a\0b\0", 4});
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  CHECK(ask(database, "SELECT body FROM messages") == "a\xEF\xBF\xBD"
                                                      "b\xEF\xBF\xBD");
}

TEST_CASE("an event that cannot be decoded stops the projection just before it, with a message that names it") {
  test_database database;
  story s;
  s.open_room("r1");
  const auto good = s.say("r1", "before");
  append_request poison;
  poison.streams.push_back({{"room/r1"}, 2, {{"never-heard-of", 1, "{}", "{}"}}});
  poison.time = noon;
  REQUIRE(s.log.append({&poison, 1}).at(0).has_value());
  s.say("r1", "after");
  running_projector p{s.log, database};
  wait_for(p.progress, projection_state::stopped);
  CHECK(p.progress.applied() == good);
  CHECK(ask(database, "SELECT string_agg(body, ',') FROM messages") == "before");
  CHECK(p.progress.status().message.find("event 3 (never-heard-of of room/r1, seq 3)") != std::string::npos);
}

TEST_CASE("an event whose data PostgreSQL refuses stops the projection just before it") {
  test_database database;
  story s;
  s.open_room("r1");
  for (int i = 0; i < 10; ++i) s.say("r1", "fine");
  pg::store first{to(database)};
  REQUIRE(first.open().has_value());
  {
    auto db = pg::connection::open(to(database));
    REQUIRE(db->run("ALTER TABLE messages ADD CHECK (body <> 'refused')").has_value());
  }
  const auto poison = s.say("r1", "refused");
  s.say("r1", "fine");
  running_projector p{s.log, database};
  wait_for(p.progress, projection_state::stopped);
  CHECK(p.progress.applied() == poison - 1);
  CHECK(ask(database, "SELECT count(*) FROM messages") == "10");
  CHECK(p.progress.status().message.find("event " + std::to_string(poison) + " (message-sent of room/r1)") !=
        std::string::npos);
}

TEST_CASE("read models of another log are not written to") {
  test_database database;
  {
    story longer;
    const auto last = tell_much(longer);
    running_projector p{longer.log, database};
    wait_for(p.progress, last);
  }
  story shorter;
  shorter.sign_up("u_1", "Ada");
  running_projector p{shorter.log, database};
  wait_for(p.progress, projection_state::stopped);
  CHECK(p.progress.status().message.find("made from another log") != std::string::npos);
}

TEST_CASE("read models that are dropped under a running projector come back equal") {
  test_database database;
  story s;
  const auto last = tell_much(s);
  running_projector p{s.log, database, {1000, 1 << 20, std::chrono::milliseconds{1}, std::chrono::milliseconds{10}}};
  wait_for(p.progress, last);
  const auto before = contents(database);
  REQUIRE(pg::connection::open(to(database))->run("DROP SCHEMA parley CASCADE").has_value());
  const auto one_more = s.account("u_1", events::renamed{"Ada L."});
  s.account("u_1", events::renamed{"Ada"});
  wait_for(p.progress, one_more + 1);
  CHECK(ask(database, "SELECT position || ' ' || events FROM checkpoint") ==
        std::to_string(one_more + 1) + " " + std::to_string(one_more + 1));
  CHECK(ask(database, "SELECT count(*) FROM messages") == "21");
}

TEST_CASE("a projector that is stopped and started goes on where it was") {
  test_database database;
  story s;
  s.open_room("r1");
  for (int round = 0; round < 5; ++round) {
    running_projector p{s.log, database, {2}};
    for (int i = 0; i < 5; ++i) s.say("r1", "text");
    wait_for(p.progress, 1 + static_cast<position>(round) * 5 + 2);
  }
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  CHECK(ask(database, "SELECT count(*) FROM messages") == "25");
  CHECK(ask(database, "SELECT events FROM checkpoint") == "26");
}

} // namespace parley::test
