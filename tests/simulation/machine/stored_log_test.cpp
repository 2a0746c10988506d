// The log of production on a disk whose operations fail: what each fault leaves, and that the log says so. Damage to
// what is kept: damage_test.cpp.

#include "tests/simulation/machine/machine.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <filesystem>

using namespace parley;
using namespace parley::simulation;
using namespace parley::test;

namespace {

const stream_id lobby{"room/lobby"}, other{"room/other"};
constexpr std::size_t no_limit = 1'000'000;

} // namespace

TEST_CASE("everything acknowledged is there after a clean stop and after a crash") {
  machine m;
  m.start();
  auto r = request({messages(lobby, 0, 2), messages(other, 0)});
  r.outcome = command_outcome{"k", "f", "{}", 0, 2, time_point::max()};
  r.timers = {{true, {at_restart, lobby, "restart"}}};
  r.snapshot = snapshot{lobby, 2, 1, "{}"};
  REQUIRE(append(*m.log, r));
  for (const bool cleanly : {true, false}) {
    INFO("cleanly: " << cleanly);
    if (!cleanly) m.crash();
    m.start();
    CHECK(m.log->head() == 3);
    CHECK(check_gapless(read_all(*m.log)).empty());
    CHECK(m.log->find_outcome("k")->has_value());
    CHECK(m.log->restart_timers({}, 5)->size() == 1);
    CHECK(m.log->find_snapshot(lobby)->has_value());
  }
  CHECK(append(*m.log, lobby, 1).error().code == errc::version_conflict);
  CHECK(append(*m.log, lobby, 2)->last == 4);
}

TEST_CASE("a disk has one log at a time, and a crash frees it from a log that is still there") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0));
  CHECK(m.disk.claim().error().code == errc::conflict);
  const auto dead = std::move(m.log);
  m.disk.crash();
  m.start();
  CHECK(append(*dead, lobby, 1).error().code == errc::log_unavailable);
  CHECK(dead->read(0, 10, no_limit).error().code == errc::log_unavailable);
  CHECK(dead->stream_version(lobby).error().code == errc::log_unavailable);
  CHECK(dead->recover().error().code == errc::log_unavailable);
  CHECK(append(*m.log, lobby, 1)->last == 2);
  CHECK(read_all(*m.log).size() == 2);
}

TEST_CASE("only with a period does the log have a thread") {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{});
  };
  machine m;
  const auto before = threads();
  m.start();
  CHECK(threads() == before);
  auto o = without_thread();
  o.head_period = std::chrono::hours{1};
  m.start(o);
  CHECK(threads() == before + 1);
}

TEST_CASE("with a period of zero HEAD is what the owner last kept") {
  machine m;
  m.start();
  const auto head = [&] {
    m.crash();
    return m.disk.claim().value()->read_head().value();
  };
  REQUIRE(append(*m.log, lobby, 0, 3));
  SECTION("not kept") { CHECK(head() == position{0}); }
  SECTION("kept, and then more appended") {
    REQUIRE(m.log->keep_head());
    REQUIRE(append(*m.log, lobby, 3));
    CHECK(head() == position{3});
  }
  SECTION("kept by a clean stop") {
    m.log.reset();
    CHECK(head() == position{3});
  }
}

TEST_CASE("a write that fails leaves nothing, and the log refuses appends until it has recovered") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 2));
  m.disk.fail_next_write();
  CHECK(append(*m.log, lobby, 2).error().code == errc::log_unavailable);
  CHECK(m.injected("write failed") == 1);
  CHECK_FALSE(m.log->writable());
  CHECK(append(*m.log, lobby, 2).error().code == errc::log_unavailable);
  CHECK(read_all(*m.log).size() == 2);
  SECTION("recover") { REQUIRE(m.log->recover()); }
  SECTION("crash") {
    m.crash();
    m.start();
  }
  CHECK(m.log->head() == 2);
  CHECK(append(*m.log, lobby, 2)->last == 3);
}

TEST_CASE("a batch whose sync failed is not visible, and is found whole or not at all") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 2));
  const auto left = GENERATE(tail::lost, tail::kept, tail::torn);
  const bool crashes = GENERATE(true, false);
  INFO("left: " << static_cast<int>(left) << ", crashes: " << crashes);
  m.disk.fail_next_sync(left);
  auto r = request({messages(lobby, 2, 3), messages(other, 0)});
  r.outcome = command_outcome{"k", "f", "{}", 0, 2, time_point::max()};
  CHECK(append(*m.log, r).error().code == errc::log_unavailable);
  CHECK(m.log->head() == 2);
  CHECK(read_all(*m.log).size() == 2);
  CHECK(m.log->stream_version(other) == 0u);
  CHECK_FALSE(m.log->find_outcome("k")->has_value());

  if (crashes) {
    m.crash();
    m.start();
  } else {
    REQUIRE(m.log->recover());
  }
  const bool kept = left == tail::kept;
  CHECK(m.log->head() == (kept ? 6 : 2));
  CHECK(check_gapless(read_all(*m.log)).empty());
  CHECK(m.log->stream_version(lobby) == (kept ? 5u : 2u));
  CHECK(m.log->stream_version(other) == (kept ? 1u : 0u));
  CHECK(m.log->find_outcome("k")->has_value() == kept);
  REQUIRE(append(*m.log, other, kept ? 1 : 0));
  m.crash();
  m.start();
  CHECK(m.log->head() == (kept ? 7 : 3));
}

TEST_CASE("a torn batch at the end of the log is cut off, and nothing acknowledged with it") {
  machine m;
  m.start();
  for (version v = 0; v < 20; ++v) REQUIRE(append(*m.log, lobby, v));
  REQUIRE(m.log->keep_head());
  m.disk.fail_next_sync(tail::torn);
  CHECK_FALSE(append(*m.log, lobby, 20, 5));
  m.crash();
  CHECK(m.injected("tail dropped") == 0);
  m.start();
  CHECK(m.injected("tail dropped") == 1);
  CHECK(m.log->head() == 20);
  CHECK(read_all(*m.log).size() == 20);
  CHECK(append(*m.log, lobby, 20)->last == 21);
  m.start();
  CHECK(m.injected("tail dropped") == 1);
}

TEST_CASE("a full disk takes nothing and gives what it has, until there is room again") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 2));
  m.disk.set_full(true);
  CHECK(append(*m.log, lobby, 2).error().code == errc::log_unavailable);
  CHECK(m.log->recover().error().code == errc::log_unavailable);
  CHECK(read_all(*m.log).size() == 2);
  SECTION("room while it runs") {
    m.disk.set_full(false);
    REQUIRE(m.log->recover());
  }
  SECTION("room before the next start") {
    CHECK(m.refusal().code == errc::log_unavailable);
    m.disk.set_full(false);
    m.start();
  }
  CHECK(append(*m.log, lobby, 2)->last == 3);
}

TEST_CASE("reads that fail say so, whatever is read, and work again") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 3));
  const auto once = [&](auto read) {
    m.disk.fail_reads(1);
    const auto failed = read();
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == errc::log_unavailable);
    CHECK(read().has_value());
  };
  once([&] { return m.log->read(0, 10, no_limit); });
  once([&] { return m.log->read_stream(lobby, 0, 10, no_limit); });
  once([&] { return m.log->stream_version(lobby); });
  once([&] { return m.log->find_outcome("k"); });
  once([&] { return m.log->find_snapshot(lobby); });
  once([&] { return m.log->due_timers(time_point{}, 10); });
  once([&] { return m.log->restart_timers({}, 10); });
  CHECK(m.injected("read failed") == 7);
  // In the middle of a scan it is no shorter page.
  CHECK(m.log->read(0, 10, no_limit)->size() == 3);
  m.disk.set_faults({.reads_fail = 300'000, .failing_reads_max = 1});
  int pages = 0, failures = 0;
  for (int i = 0; i < 100; ++i) {
    const auto page = m.log->read(0, 10, no_limit);
    ++(page ? pages : failures);
    if (page) CHECK(page->size() == 3);
  }
  CHECK((pages > 0 && failures > 0));
}

TEST_CASE("an append that cannot read its stream's version is refused alone, and the log goes on") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0));
  m.disk.fail_reads(1);
  const std::vector batch{request({messages(other, 0)}), request({messages(lobby, 1)})};
  const auto answers = m.log->append(batch);
  CHECK(answers[0].error().code == errc::log_unavailable);
  CHECK(answers[1]->last == 2);
  CHECK(m.log->writable());
  CHECK(append(*m.log, other, 0)->last == 3);
}

TEST_CASE("a log that cannot be read does not open and does not recover, until it can") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 2));
  m.disk.fail_next_write();
  CHECK_FALSE(append(*m.log, lobby, 2));
  m.disk.fail_reads(1'000);
  CHECK(m.log->recover().error().code == errc::log_unavailable);
  CHECK(m.log->read(0, 10, no_limit).error().code == errc::log_unavailable);
  SECTION("recover") {
    m.disk.fail_reads(0);
    CHECK(read_all(*m.log).size() == 2);
    REQUIRE(m.log->recover());
  }
  SECTION("open") {
    m.crash();
    CHECK(m.refusal().code == errc::log_unavailable);
    m.disk.fail_reads(0);
    m.start();
  }
  CHECK(append(*m.log, lobby, 2)->last == 3);
}

TEST_CASE("expired outcomes are forgotten on the simulated disk as on the real one") {
  machine m;
  auto o = without_thread();
  o.clock = &m.clock;
  m.start(o);
  auto r = request({});
  for (const auto& [key, ms] : {std::pair{"early", 1000}, std::pair{"late", 3000}}) {
    r.outcome = command_outcome{key, "f", "{}", 0, 0, time_point{std::chrono::milliseconds{ms}}};
    REQUIRE(append(*m.log, r));
  }
  m.clock.at = time_point{std::chrono::milliseconds{2000}};
  REQUIRE(m.log->forget_expired());
  CHECK_FALSE(m.log->find_outcome("early")->has_value());
  CHECK(m.log->find_outcome("late")->has_value());
}
