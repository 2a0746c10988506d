#include "projections/queries/queries.hpp"
#include "tests/integration/projections/asker.hpp"
#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

struct asker : asker_of<queries> {
  using asker_of::asker_of;

  result<std::optional<user_row>> user(const std::string& id, position at_least = 0) {
    return wait<std::optional<user_row>>([&](auto done) { models.user({id}, at_least, std::move(done)); });
  }
  result<page<user_row>> users(const std::string& search, page_request p = {}) {
    return wait<page<user_row>>([&](auto done) { models.users(search, p, 0, std::move(done)); });
  }
  result<page<message_row>> messages(const std::string& place, bool newest_first, page_request p) {
    return wait<page<message_row>>([&](auto done) { models.messages({place}, newest_first, p, 0, std::move(done)); });
  }
};

} // namespace

TEST_CASE("every question gets its rows") {
  test_database database;
  story s;
  s.sign_up("u_1", "Ada");
  s.account("u_g", events::guest_registered{{"u_g"}, "Adam the guest"});
  s.account("u_1", events::login_opened{{"l_1"}, noon + std::chrono::hours{24}, "Firefox"});
  s.room("r1", events::room_opened{{"r1"}, "R1", {"u_1"}, "Standup", 10, noon + std::chrono::hours{1}, "kept", true});
  s.room("r1", events::joined{{"u_1"}, {"s_1"}, true, false, 1, "Ada"});
  s.say("r1", "hello");
  const auto last = s.lounge("lo_1", events::lounge_created{{"lo_1"}, {"u_1"}, "Garden", "plants"});
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  asker a{questions_to(database.url()), p.progress};

  const auto ada = a.user("u_1").value().value();
  CHECK(ada.name == "Ada");
  CHECK(ada.email == "u_1@example.org");
  CHECK(ada.created_at == noon);
  CHECK(ada.version == 2);
  CHECK(a.user("u_g").value().value().guest);
  CHECK_FALSE(a.user("u_nobody").value().has_value());
  CHECK(a.users("aDA").value().rows.size() == 1); // guests are left out
  const auto logins = a.wait<std::vector<login_row>>([&](auto done) { a.models.logins({"u_1"}, last, done); }).value();
  REQUIRE(logins.size() == 1);
  CHECK(logins[0].device == "Firefox");
  const auto room = a.wait<std::optional<room_row>>([&](auto done) { a.models.room({"r1"}, last, done); }).value();
  REQUIRE(room.has_value());
  CHECK(room->display_id == "R1");
  CHECK(room->meeting);
  CHECK(room->participants == 1);
  CHECK(room->expires_at == noon + std::chrono::hours{1});
  CHECK_FALSE(room->closed.has_value());
  const auto meetings = a.wait<page<room_row>>([&](auto done) { a.models.meetings({"u_1"}, {}, 0, done); }).value();
  CHECK(meetings.rows.size() == 1);
  const auto lounge = a.wait<std::optional<lounge_row>>([&](auto done) { a.models.lounge({"lo_1"}, 0, done); }).value();
  CHECK(lounge.value().topic == "plants");
  CHECK(a.wait<page<lounge_row>>([&](auto done) { a.models.lounges({}, 0, done); }).value().rows.size() == 1);
  const auto members = a.wait<page<member_row>>([&](auto done) { a.models.members({"room/r1"}, {}, 0, done); }).value();
  REQUIRE(members.rows.size() == 1);
  CHECK(members.rows[0].host);
  const auto messages = a.messages("room/r1", false, {}).value();
  REQUIRE(messages.rows.size() == 1);
  CHECK(messages.rows[0].text == "hello");
  CHECK(messages.rows[0].seq == 3);
}

TEST_CASE("pages follow one another without a gap or a repeat, both ways") {
  test_database database;
  story s;
  s.open_room("r1");
  for (int i = 0; i < 25; ++i) s.say("r1", std::to_string(i));
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  for (const bool newest_first : {false, true}) {
    std::vector<version> seen;
    page_request request{10, ""};
    do {
      const auto got = a.messages("room/r1", newest_first, request).value();
      for (const auto& m : got.rows) seen.push_back(m.seq);
      request.after = got.next;
    } while (!request.after.empty());
    std::vector<version> expected;
    for (version v = 2; v <= 26; ++v) expected.push_back(newest_first ? 28 - v : v);
    CHECK(seen == expected);
  }
}

TEST_CASE("a forged cursor, and one of another list, is malformed") {
  test_database database;
  story s;
  s.open_room("r1");
  for (int i = 0; i < 3; ++i) s.say("r1", "text");
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  const auto next = a.messages("room/r1", false, {1, ""}).value().next;
  REQUIRE_FALSE(next.empty());
  for (const auto& forged : {std::string{"' OR 1=1 --"}, next + "A", next.substr(1), std::string(5000, 'A')})
    CHECK(a.messages("room/r1", false, {1, forged}).error().code == errc::malformed);
  CHECK(a.messages("room/r1", true, {1, next}).error().code == errc::malformed);
  CHECK(a.messages("room/r2", false, {1, next}).error().code == errc::malformed);
}

TEST_CASE("hostile questions find nothing and break nothing") {
  test_database database;
  story s;
  s.sign_up("u_1", "100%_Ada");
  running_projector p{s.log, database};
  wait_for(p.progress, 1);
  asker a{questions_to(database.url()), p.progress};
  CHECK_FALSE(a.user("' OR '1'='1").value().has_value());
  CHECK(a.user(std::string{"u_1\0", 4}).error().code == errc::malformed);
  CHECK(a.user("\xff\xfe").error().code == errc::malformed);
  CHECK(a.users("'; DROP TABLE users; --").value().rows.empty());
  CHECK(a.users("00%").value().rows.size() == 1); // no pattern: a text to find
  CHECK(a.users("%").value().rows.empty());
  CHECK(a.users("0_A").value().rows.empty());
  CHECK(a.user("u_1").value().has_value());
}

TEST_CASE("a question waits until the projector has come as far as it asks for") {
  test_database database;
  story s;
  s.sign_up("u_1", "Ada");
  projection_progress progress;
  pg::store store{to(database)};
  projector p{s.log, store, progress};
  asker a{questions_to(database.url()), progress};
  // The projector starts only after the question was asked.
  const auto ada = a.wait<std::optional<user_row>>([&](auto done) {
    a.models.user({"u_1"}, 1, std::move(done));
    p.start();
  });
  REQUIRE(ada.has_value());
  CHECK(ada->value().name == "Ada");
}

TEST_CASE("a question for a position that does not come is answered with read_model_behind") {
  test_database database;
  projection_progress progress;
  auto o = questions_to(database.url());
  o.read_wait = std::chrono::milliseconds{20};
  asker a{o, progress};
  const auto late = a.user("u_1", 1000);
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == errc::read_model_behind);
}

TEST_CASE("questions are refused as unavailable while PostgreSQL is away, and answered when it is back") {
  postgres_server server;
  server.start();
  test_database database{server};
  story s;
  s.sign_up("u_1", "Ada");
  running_projector p{s.log, database, {1000, 1 << 20, std::chrono::milliseconds{1}, std::chrono::milliseconds{20}}};
  wait_for(p.progress, 1);
  asker a{questions_to(database.url()), p.progress};
  REQUIRE(a.user("u_1").value().has_value());
  server.stop();
  CHECK(a.user("u_1").error().code == errc::unavailable);
  CHECK(a.user("u_1").error().code == errc::unavailable);
  server.start();
  auto answer = a.user("u_1");
  for (int i = 0; i < 1000 && !answer; ++i) {
    a.io.run_one_for(std::chrono::milliseconds{20});
    answer = a.user("u_1");
  }
  CHECK(answer.has_value());
}

TEST_CASE("a connection cut under a question is not the asker's trouble") {
  test_database database;
  story s;
  s.sign_up("u_1", "Ada");
  running_projector p{s.log, database};
  wait_for(p.progress, 1);
  asker a{questions_to(database.url()), p.progress};
  REQUIRE(a.user("u_1").value().has_value());
  for (int i = 0; i < 5; ++i) {
    auto db = pg::connection::open(to(database));
    REQUIRE(db->ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'parley "
                    "queries' AND datname = current_database()")
                .has_value());
    CHECK(a.user("u_1").has_value());
  }
}

TEST_CASE("the queue of questions is bounded, and closing answers every open question") {
  test_database database;
  projection_progress progress;
  progress.applied(1);
  auto o = questions_to(database.url());
  o.queue_max = 3;
  asker a{o, progress};
  std::vector<errc> answers;
  // No connection is open before the loop runs, so all of them queue.
  for (int i = 0; i < 5; ++i)
    a.models.user({"u_1"}, 0, [&](auto r) { answers.push_back(r ? errc::internal : r.error().code); });
  for (int i = 0; i < 5; ++i)
    a.models.user({"u_1"}, 100, [&](auto r) { answers.push_back(r ? errc::internal : r.error().code); });
  a.desk.close();
  a.models.user({"u_1"}, 0, [&](auto r) { answers.push_back(r ? errc::internal : r.error().code); });
  a.io.restart();
  a.io.poll();
  CHECK(answers == std::vector<errc>(11, errc::unavailable));
}

} // namespace parley::test
