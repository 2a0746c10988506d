// What dies in between: connections, transactions, the whole PostgreSQL. Each event is applied exactly once all the
// same: `events` in the checkpoint counts every application, so it equals the position only then.

#include "projections/pg/migrations.hpp"
#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

constexpr projector_options impatient{10, 1 << 20, std::chrono::milliseconds{1}, std::chrono::milliseconds{20}};

/// The production store, with a hand that can cut its connection at a chosen step of a chosen transaction.
class cut_store final : public read_store {
public:
  enum class step { before_apply, before_commit, after_commit };

  cut_store(const test_database& database, step where, int every)
    : database_{database}
    , inner_{options(database)}
    , where_{where}
    , every_{every} {}

  result<void> open() override { return inner_.open(); }
  result<position> begin() override {
    ++transactions_;
    return inner_.begin();
  }
  result<void> apply(const change_set& changes) override {
    if (due(step::before_apply)) cut();
    return inner_.apply(changes);
  }
  result<void> commit(position to) override {
    if (due(step::before_commit)) cut();
    auto done = inner_.commit(to);
    // The commit took effect, and its answer is lost on the way.
    if (done && due(step::after_commit)) {
      cut();
      inner_.rollback();
      return fail(errc::unavailable, "the answer to COMMIT was lost");
    }
    return done;
  }
  void rollback() noexcept override { inner_.rollback(); }
  void interrupt() noexcept override { inner_.interrupt(); }

  [[nodiscard]] int cuts() const noexcept { return cuts_; }

private:
  static pg::connect_options options(const test_database& database) {
    auto o = to(database);
    o.application = "parley victim";
    return o;
  }
  [[nodiscard]] bool due(step now) const { return now == where_ && transactions_ % every_ == 0; }
  void cut() {
    auto db = pg::connection::open(to(database_));
    PARLEY_ASSERT(db.has_value());
    // Waits (up to 5 s) until the backend is gone.
    const auto done = db->ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                              "WHERE application_name = 'parley victim' AND datname = current_database()");
    PARLEY_ASSERT(done.has_value());
    ++cuts_;
  }

  const test_database& database_;
  pg::store inner_;
  const step where_;
  const int every_;
  int transactions_ = 0;
  std::atomic<int> cuts_ = 0;
};

void check_exactly_once(const test_database& database, const story& s, std::uint64_t messages) {
  const auto head = std::to_string(s.log.head());
  CHECK(ask(database, "SELECT position || ' ' || events FROM checkpoint") == head + " " + head);
  CHECK(ask(database, "SELECT count(*) FROM messages") == std::to_string(messages));
  CHECK(ask(database, "SELECT version FROM rooms") == std::to_string(messages + 1));
}

void run_with_cuts(cut_store::step where) {
  test_database database;
  story s;
  s.open_room("r1");
  for (int i = 0; i < 100; ++i) s.say("r1", "text");
  cut_store store{database, where, 3};
  projection_progress progress;
  projector p{s.log, store, progress, impatient};
  p.start();
  wait_for(progress, s.log.head());
  p.stop();
  CHECK(store.cuts() > 1);
  check_exactly_once(database, s, 100);
}

} // namespace

TEST_CASE("a connection that dies in a transaction changes nothing, and the batch is applied again") {
  run_with_cuts(cut_store::step::before_apply);
}

TEST_CASE("a connection that dies at COMMIT leaves nothing half-applied") {
  run_with_cuts(cut_store::step::before_commit);
}

TEST_CASE("a COMMIT whose answer is lost is not applied twice") { run_with_cuts(cut_store::step::after_commit); }

TEST_CASE("the log goes on while PostgreSQL is away, and the projection catches up when it is back") {
  postgres_server server;
  server.start();
  test_database database{server};
  story s;
  s.open_room("r1");
  running_projector p{s.log, database, impatient};
  wait_for(p.progress, 1);
  server.stop();
  for (int i = 0; i < 50; ++i) s.say("r1", "meanwhile");
  wait_for(p.progress, projection_state::unreachable);
  CHECK(p.progress.applied() == 1);
  CHECK_FALSE(p.progress.status().message.empty());
  server.start();
  wait_for(p.progress, s.log.head());
  CHECK(p.progress.status().state == projection_state::running);
  check_exactly_once(database, s, 50);
}

TEST_CASE("a projector that cannot reach PostgreSQL stops at once") {
  story s;
  s.open_room("r1");
  pg::connect_options nowhere;
  nowhere.url = "host=/nonexistent dbname=nothing";
  pg::store store{nowhere};
  projection_progress progress;
  projector p{s.log, store, progress, {10, 1 << 20, std::chrono::hours{1}, std::chrono::hours{1}}};
  p.start();
  wait_for(progress, projection_state::unreachable);
  p.stop();
  CHECK(progress.status().state == projection_state::ended);
}

TEST_CASE("two projectors on one database follow one another") {
  test_database database;
  story s;
  s.open_room("r1");
  {
    running_projector one{s.log, database, impatient}, two{s.log, database, impatient};
    for (int i = 0; i < 100; ++i) s.say("r1", "text");
    wait_for(one.progress, s.log.head());
    wait_for(two.progress, s.log.head());
  }
  check_exactly_once(database, s, 100);
}

TEST_CASE("migrations are applied once, and a second start applies none") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  CHECK(pg::migrate(*db, "parley").value() == pg::embedded_migrations().size());
  CHECK(pg::migrate(*db, "parley").value() == 0);
}

TEST_CASE("whether migrations are outstanding is known before any is run") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const pg::migration both[] = {{1, "0001_a.sql", "CREATE TABLE a (x int);"}, {2, "0002_b.sql", "CREATE TABLE b ();"}};
  CHECK_FALSE(pg::is_migrated(*db, "parley", both).value());
  REQUIRE(pg::migrate(*db, "parley", std::span{both}.first(1)).value() == 1);
  CHECK_FALSE(pg::is_migrated(*db, "parley", both).value());
  CHECK(pg::is_migrated(*db, "parley", std::span{both}.first(1)).value());
  REQUIRE(pg::migrate(*db, "parley", both).value() == 1);
  CHECK(pg::is_migrated(*db, "parley", both).value());
  CHECK(pg::is_migrated(*db, "parley", std::span{both}.first(1)).error().code == errc::precondition_failed);
}

TEST_CASE("a store that needs no migration opens without the migrations' lock") {
  test_database database;
  pg::store store{to(database)};
  REQUIRE(store.open());
  auto other = pg::connection::open(to(database));
  REQUIRE(other.has_value());
  // A store that waited for the lock would have this test end by its own timeout.
  REQUIRE(other->ask("SELECT pg_advisory_lock(7235421, 1)").has_value());
  REQUIRE(store.open());
  CHECK(store.begin().value() == 0);
}

TEST_CASE("an applied migration that was changed is refused, with what to do") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const pg::migration before[] = {{1, "0001_a.sql", "CREATE TABLE a (x int);"}};
  const pg::migration after[] = {{1, "0001_a.sql", "CREATE TABLE a (x bigint);"}};
  REQUIRE(pg::migrate(*db, "parley", before).has_value());
  const auto refused = pg::migrate(*db, "parley", after);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::precondition_failed);
  CHECK(refused.error().message.find("0001_a.sql was changed") != std::string::npos);
  CHECK(refused.error().message.find("put the change into a new migration") != std::string::npos);
}

TEST_CASE("a database newer than the program is refused, and nothing is changed in it") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const pg::migration newer[] = {{1, "0001_a.sql", "CREATE TABLE a (x int);"}, {2, "0002_b.sql", "CREATE TABLE b ();"}};
  REQUIRE(pg::migrate(*db, "parley", newer).value() == 2);
  const auto refused = pg::migrate(*db, "parley", std::span{newer}.first(1));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("0002_b.sql") != std::string::npos);
  CHECK(refused.error().message.find("newer") != std::string::npos);
  CHECK(pg::migrate(*db, "parley", newer).value() == 0);
}

TEST_CASE("a migration that fails leaves nothing of itself behind") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const pg::migration broken[] = {{1, "0001_a.sql", "CREATE TABLE a (x int); SELECT 1 / 0;"}};
  const auto refused = pg::migrate(*db, "parley", broken);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("0001_a.sql failed") != std::string::npos);
  CHECK(ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'parley' AND tablename = 'a'") == "0");
}

TEST_CASE("a refused COPY leaves the connection usable") {
  test_database database;
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  REQUIRE(db->run("CREATE TEMP TABLE copied (n bigint)").has_value());
  const std::string into = "COPY copied FROM STDIN (FORMAT binary)";
  std::string row{"\0\1", 2}; // one field
  pg::append_int8(row, 7);

  REQUIRE_FALSE(db->copy("COPY nowhere FROM STDIN (FORMAT binary)", row).has_value());
  const auto misshapen = db->copy(into, row + row.substr(0, 5));
  REQUIRE_FALSE(misshapen.has_value());
  CHECK(misshapen.error().code == errc::invalid);
  // Far more than the sockets hold: the server refuses while we still send.
  std::string flood = row.substr(0, 5);
  flood.append(8 << 20, 'x');
  REQUIRE_FALSE(db->copy(into, flood).has_value());
  REQUIRE(db->copy(into, row).has_value());
  CHECK(db->ask("SELECT n FROM copied")->int8(0, 0) == 7);
}

} // namespace parley::test
