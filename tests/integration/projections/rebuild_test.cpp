#include "projections/rebuild.hpp"
#include "tests/integration/projections/story.hpp"

#include <atomic>

namespace parley::test {
namespace {

rebuild_options rebuild_of(const test_database& database) {
  rebuild_options o;
  o.database_url = database.url();
  o.batch_events = 7;
  o.live_patience = std::chrono::milliseconds{0};
  return o;
}

position tell_something(story& s) {
  s.sign_up("u_1", "Ada");
  s.open_room("r1", "Standup");
  s.room("r1", events::joined{{"u_1"}, {"s_1"}, true, false, 1, "Ada"});
  for (int i = 0; i < 50; ++i) s.say("r1", "message");
  return s.log.head();
}

} // namespace

TEST_CASE("rebuilt read models are equal to the live ones") {
  test_database database;
  story s;
  const auto last = tell_something(s);
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  log_source source{s.log};
  const auto report = rebuild(source, rebuild_of(database));
  REQUIRE(report.has_value());
  CHECK(report->compared);
  CHECK(report->compared_at == last);
  CHECK(report->at == last);
  CHECK(report->differences.empty());
  CHECK(ask(database, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('parley_next', 'parley_old')") == "0");
}

TEST_CASE("a rebuild drops, replaces and keeps what the projector does, in batches of any size") {
  test_database database;
  story s;
  tell_something(s);
  s.open_room("secret", "", "none");
  s.lounge("lo_1", events::lounge_created{{"lo_1"}, {"u_1"}, "Garden", "plants"});
  s.lounge("lo_1", events::message_sent{{"m_9"}, {"u_1"}, {"s_1"}, "Ada", std::string{"nul\0byte", 8}, "", ""});
  for (int i = 0; i < 300; ++i) {
    s.say("secret", "not to be kept");
    s.say("r1", "kept");
  }
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  const std::string keys = "SELECT string_agg(conrelid::regclass || ' ' || conname || ' ' || "
                           "pg_get_constraintdef(oid), ', ' ORDER BY conrelid::regclass::text, conname) "
                           "FROM pg_constraint WHERE connamespace = 'parley'::regnamespace";
  const auto keys_before = ask(database, keys);
  REQUIRE(keys_before.find("messages messages_pkey PRIMARY KEY (place, seq)") != std::string::npos);

  log_source source{s.log};
  for (const std::size_t batch_bytes : {1, 100'000, 32 * 1024 * 1024}) {
    auto options = rebuild_of(database);
    options.batch_events = 400;
    options.batch_bytes = batch_bytes;
    const auto report = rebuild(source, options);
    REQUIRE(report.has_value());
    CHECK(report->compared);
    CHECK(report->differences.empty());
  }
  CHECK(ask(database, keys) == keys_before);
  CHECK(ask(database, "SELECT count(*) FROM messages WHERE place = 'room/secret'") == "0");
  CHECK(ask(database, "SELECT count(*) FROM messages") == "351");
}

TEST_CASE("what was tampered with in the live read models is reported by table, and gone after the rebuild") {
  test_database database;
  story s;
  const auto last = tell_something(s);
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  p.projector.stop();
  {
    auto db = pg::connection::open(to(database));
    REQUIRE(db->run("DELETE FROM messages WHERE seq < 6; UPDATE users SET name = 'Eve'").has_value());
  }
  log_source source{s.log};
  const auto report = rebuild(source, rebuild_of(database));
  REQUIRE(report.has_value());
  REQUIRE(report->differences.size() == 2);
  CHECK(report->differences[0].table == "messages");
  CHECK(report->differences[0].only_live == 0);
  CHECK(report->differences[0].only_rebuilt == 3);
  CHECK(report->differences[1].table == "users");
  CHECK(report->differences[1].only_live == 1);
  CHECK(report->differences[1].only_rebuilt == 1);
  CHECK(ask(database, "SELECT name FROM users") == "Ada");
  CHECK(ask(database, "SELECT count(*) FROM messages") == "50");
}

TEST_CASE("a rebuild under a projector that goes on loses no event and doubles none") {
  test_database database;
  story s;
  tell_something(s);
  running_projector p{s.log, database, {100}};
  std::atomic<bool> writing{true};
  std::thread writer{[&] {
    for (int i = 0; writing && i < 5'000; ++i) s.say("r1", "meanwhile");
  }};
  log_source source{s.log};
  for (int round = 0; round < 3; ++round) {
    auto options = rebuild_of(database);
    options.batch_events = 500;
    options.live_patience = std::chrono::seconds{20};
    const auto report = rebuild(source, options);
    INFO((report ? "" : report.error().message));
    CHECK(report.has_value());
    CHECK((report && report->compared && report->differences.empty()));
    CHECK(p.progress.status().state == projection_state::running);
  }
  writing = false;
  writer.join();
  wait_for(p.progress, s.log.head());
  const auto head = std::to_string(s.log.head());
  CHECK(ask(database, "SELECT position || ' ' || events FROM checkpoint") == head + " " + head);
  CHECK(ask(database, "SELECT count(*) || ' ' || max(seq) FROM messages") ==
        std::to_string(s.log.head() - 3) + " " + std::to_string(s.log.head() - 1));
}

TEST_CASE("read models that never ran are built without a comparison") {
  test_database database;
  story s;
  const auto last = tell_something(s);
  log_source source{s.log};
  const auto report = rebuild(source, rebuild_of(database));
  REQUIRE(report.has_value());
  CHECK_FALSE(report->compared);
  CHECK(report->at == last);
  const auto status = read_status(database.url());
  REQUIRE(status.has_value());
  CHECK(status->applied == last);
}

TEST_CASE("a rebuild that fails leaves the live read models alone") {
  test_database database;
  story s;
  const auto last = tell_something(s);
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  p.projector.stop();
  append_request poison;
  poison.streams.push_back({{"room/r2"}, 0, {{"never-heard-of", 1, "{}", "{}"}}});
  poison.time = noon;
  REQUIRE(s.log.append({&poison, 1}).at(0).has_value());
  log_source source{s.log};
  const auto report = rebuild(source, rebuild_of(database));
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().message.find("never-heard-of") != std::string::npos);
  CHECK(ask(database, "SELECT count(*) FROM messages") == "50");
}

TEST_CASE("live read models of a longer log are not replaced") {
  test_database database;
  {
    story longer;
    for (int i = 0; i < 3000; ++i) longer.sign_up("u_" + std::to_string(i), "Ada");
    running_projector p{longer.log, database};
    wait_for(p.progress, longer.log.head());
  }
  story s;
  s.sign_up("u_1", "Ada");
  log_source source{s.log};
  const auto report = rebuild(source, rebuild_of(database));
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == errc::conflict);
  CHECK(ask(database, "SELECT count(*) FROM users") == "3000");
}

TEST_CASE("there is no status of a database without read models") {
  test_database database;
  const auto status = read_status(database.url());
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().code == errc::not_found);
}

} // namespace parley::test
