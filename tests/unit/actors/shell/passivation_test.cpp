// Which entities are in memory, and that nothing is lost when they leave it.
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

TEST_CASE("an entity nobody speaks to leaves memory, and comes back when spoken to") {
  memory_log log;
  actor_world world{log};
  world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.settle();
  CHECK(world.entities().size() == 1);
  world.pass(4min);
  CHECK(world.entities().size() == 1);
  world.pass(10min);
  CHECK(world.entities().size() == 0);
  const auto said = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(said));
}

TEST_CASE("an entity that does not exist is not kept in memory for being asked after") {
  memory_log log;
  actor_world world{log};
  const auto gone = world.ask<room>(hall, room::leave{}, caller("ann", "s1"));
  const auto refused = world.ask<room>(den, saying("m1"), caller("ann", "s1"));
  world.settle();
  CHECK(gone->has_value());
  CHECK(is_refused(refused, errc::room_not_found));
  CHECK(world.entities().size() == 0);
}

TEST_CASE("no message is lost to an entity that passivates") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    memory_log log;
    actor_world::options chosen;
    chosen.seed = seed;
    chosen.passivate_after = 16ms;
    actor_world world{log, chosen};
    seeded random{seed};
    world.ask<room>(hall, joining(), caller("ann", "s1"));
    world.settle();
    std::vector<outcome_slot> said;
    for (int i = 0; i < 30; ++i) {
      world.pass(std::chrono::milliseconds{random.below(40)});
      said.push_back(world.ask<room>(hall, saying("m" + std::to_string(i)), caller("ann", "s1")));
      for (std::size_t n = random.below(6); n > 0; --n) world.one_of_all(random);
    }
    world.settle();
    INFO("seed " << seed);
    for (const auto& each : said) REQUIRE(is_ok(each));
    CHECK(world.log().loads() > 1);
    CHECK(log.stream_version(hall).value() == 2 + said.size());
  }
}

TEST_CASE("an entity whose commit failed stays until it is settled what became durable (simulation seed 5452)") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  world.ask<room>(hall, joining(), caller("cid", "s3"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_sync(memory_log::tail::kept); // answered as failed, and in the log after all
  world.log().commit();
  world.settle();
  log.set_full(true);
  world.pass(10min); // nobody speaks to it, and the log does not recover
  const auto too_early = world.ask<room>(hall, room::leave{}, caller("cid", "s3"));
  world.settle();
  CHECK(is_refused(too_early, errc::log_unavailable));
  log.set_full(false);
  world.pass(2s);
  const auto left = world.ask<room>(hall, room::leave{}, caller("cid", "s3"));
  world.settle();
  CHECK(is_ok(left));
  CHECK(story_of(log, hall).back() == "left s3 left");
  world.pass(10min);
  CHECK(world.entities().size() == 0);
}

TEST_CASE("beyond the most entities in memory, a further one is refused") {
  memory_log log;
  actor_world::options chosen;
  chosen.entities_max = 16; // one in each shard
  actor_world world{log, chosen};
  std::vector<outcome_slot> asked;
  for (int i = 0; i < 64; ++i) {
    const auto id = "r" + std::to_string(i);
    asked.push_back(world.ask<room>(make_stream("room", id), joining(id), caller("ann", "s1")));
  }
  world.settle();
  CHECK(world.entities().size() <= 16);
  for (const auto& each : asked) CHECK((is_ok(each) || is_refused(each, errc::unavailable)));
  CHECK(std::count_if(asked.begin(), asked.end(), is_ok) == static_cast<std::ptrdiff_t>(world.entities().size()));
}

TEST_CASE("after the end of the server every command is answered") {
  memory_log log;
  actor_world world{log};
  const auto before = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.entities().stop();
  const auto after = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.run();
  CHECK(is_refused(before, errc::unavailable));
  CHECK(is_refused(after, errc::unavailable));
}
