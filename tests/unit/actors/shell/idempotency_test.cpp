// Commands with a key take effect once.
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

TEST_CASE("a key is not kept for an answer that was decided on a failed commit") {
  memory_log log;
  actor_world world{log};
  const auto first = world.ask<room>(hall, opening(), caller("ann"));
  const auto same = world.ask<room>(hall, opening(), caller("ann"), once("ann|1")); // writes its key only
  world.run();
  while (world.log().answer_read()) world.run();
  REQUIRE(world.log().commits_waiting() == 2);
  log.fail_next_append();
  world.log().commit(1);
  world.log().commit(1); // the log has recovered
  world.settle();
  CHECK(is_refused(first, errc::log_unavailable));
  CHECK(is_refused(same, errc::log_unavailable));
  CHECK_FALSE(log.find_outcome("ann|1").value().has_value());
}

TEST_CASE("a repeat is answered as the first time: while that is pending, after it, and after a restart") {
  memory_log log;
  fill_hall(log, 0);
  std::string body;
  {
    actor_world world{log};
    const auto first = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    const auto during = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    auto impatient_key = once("ann|1");
    impatient_key.refuse_while_pending = true;
    const auto impatient = world.ask<room>(hall, saying("a"), caller("ann", "s1"), impatient_key);
    world.run();
    while (world.log().answer_read()) world.run();
    CHECK(is_open(first));
    CHECK(is_open(during));
    CHECK(is_refused(impatient, errc::request_in_progress));
    world.settle();
    REQUIRE(is_ok(first));
    REQUIRE(is_ok(during));
    CHECK_FALSE((**first)->repeated);
    CHECK((**during)->repeated);
    body = (**first)->body;
    CHECK((**during)->body == body);
    const auto after = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    const auto other_body = world.ask<room>(hall, saying("b"), caller("ann", "s1"), once("ann|1", "g"));
    world.settle();
    REQUIRE(is_ok(after));
    CHECK((**after)->body == body);
    CHECK((**after)->at == (**first)->at);
    CHECK(is_refused(other_body, errc::key_reused));
  }
  actor_world world{log};
  const auto before = log.head();
  const auto after = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(after));
  CHECK((**after)->body == body);
  CHECK((**after)->repeated);
  CHECK(log.head() == before);
}

TEST_CASE("a repeat that waits for a command that fails gets its error, and the key is free again") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  const auto first = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  const auto during = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_append();
  world.settle();
  CHECK(is_refused(first, errc::log_unavailable));
  CHECK(is_refused(during, errc::log_unavailable));
  world.pass(2s);
  const auto again = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(again));
  CHECK_FALSE((**again)->repeated);
}

TEST_CASE("a key is forgotten after its lifetime") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.pass(24h + 1s);
  const auto before = log.head();
  const auto again = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(again));
  CHECK_FALSE((**again)->repeated);
  CHECK(log.head() == before + 1);
}
