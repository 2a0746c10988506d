// Clients enter places and leave them, one errand at a time.
#include "tests/unit/actors/shell/session_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

TEST_CASE("a client joins, is answered first and then follows; it leaves, and follows no more") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  const auto joined = ann->join(hall);
  const auto said = ann->say(hall, "hello");
  world.settle();
  REQUIRE(ann->greetings.size() == 1);
  CHECK_FALSE(ann->greetings[0].resumed);
  CHECK(ann->succeeded(joined));
  CHECK(ann->succeeded(said));
  CHECK(std::erase(ann->heard, "answer 2") == 1); // by the room itself, perhaps before the session knows
  CHECK(ann->heard == lines{"answer 1", "joined room/hall"});
  CHECK(ann->subscriptions == std::map<stream_id, version>{{hall, 2}});
  const auto left = ann->leave(hall);
  world.settle();
  CHECK(ann->succeeded(left));
  CHECK(ann->heard.back() == "left room/hall");
  CHECK(ann->subscriptions.empty());
  CHECK(story_of(log, s1) == lines{"session-opened s1", "entered room/hall", "exited room/hall"});
}

TEST_CASE("nobody is told of a join before it is durable") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  answer_reads(world);
  REQUIRE(world.log().commits_waiting() == 1); // the session's note
  world.log().commit(1);
  answer_reads(world);
  REQUIRE(world.log().commits_waiting() == 1);
  CHECK(ann->answers.empty());
  CHECK(ann->subscriptions.empty());
  world.settle();
  CHECK(ann->succeeded(1));
}

TEST_CASE("a leave and a join in one breath leave nobody behind") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  ann->leave(hall);
  ann->join(hall);
  world.settle();
  CHECK(members_of(log, hall) == lines{"s1"});
  CHECK(ann->follows() == std::vector{hall});
  world.drop(ann);
  world.pass(31s);
  check_all_over(log);
}

TEST_CASE("a join that is repeated as its session ends leaves nobody behind") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  ann->join(den);  // its note is under way,
  ann->join(hall); // and this waits for it
  world.say_goodbye(ann);
  world.settle();
  check_all_over(log);
}

TEST_CASE("a refused join does not take back the one behind it") {
  memory_log log;
  actor_world world{log};
  const auto ben = fill_den(world);
  const auto ann = world.connect("s1", "ann");
  world.settle();
  const auto first = ann->join(den);
  world.run();
  world.log().commit(1); // ann's note
  world.run();
  ben->leave(den);
  const auto second = ann->join(den);
  world.settle();
  CHECK(ann->failed_with(first, errc::room_full));
  CHECK(ann->succeeded(second));
  world.say_goodbye(ann);
  world.say_goodbye(ben);
  world.settle();
  check_all_over(log);
}

TEST_CASE("two refused joins leave no place behind in the session") {
  memory_log log;
  actor_world world{log};
  fill_den(world);
  const auto ann = world.connect("s1", "ann");
  ann->join(den);
  ann->join(den);
  world.settle();
  CHECK(ann->failed_with(2, errc::room_full));
  CHECK(story_of(log, s1).back() == "exited room/den");
  CHECK(ann->follows().empty());
}

TEST_CASE("a place is not asked by a session whose own note failed") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  world.settle();
  ann->join(hall);
  answer_reads(world);
  REQUIRE(world.log().commits_waiting() == 1);
  SECTION("for good") {
    log.fail_next_append();
    world.log().commit(1);
    world.settle();
    CHECK(story_of(log, s1).empty());
  }
  SECTION("or became durable after all") {
    log.fail_next_sync(memory_log::tail::kept);
    world.log().commit(1);
    world.pass(5s);
    CHECK(story_of(log, s1).back() == "exited room/hall");
  }
  CHECK(ann->failed_with(1, errc::log_unavailable));
  CHECK(ann->follows().empty());
  CHECK(story_of(log, hall).empty());
  world.drop(ann);
  world.pass(31s);
  check_all_over(log);
}

TEST_CASE("a join that was answered as failed but became durable after all is undone") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  world.settle();
  ann->join(hall);
  answer_reads(world);
  world.log().commit(1);
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit(1);
  world.settle();
  CHECK(ann->failed_with(1, errc::log_unavailable));
  world.pass(5s);
  CHECK(members_of(log, hall).empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
}

TEST_CASE("a join whose room fails is undone, whatever became of it") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  world.settle();
  ann->join(hall);
  answer_reads(world);
  world.log().explode_on("boom");
  world.ask<room>(hall, room::leave{}, caller("eve"), idempotency{"boom", "f"});
  world.settle(); // the room's actor is gone, its commit is not
  CHECK(ann->failed_with(1, errc::unavailable));
  world.pass(2s);
  CHECK(members_of(log, hall).empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
}

TEST_CASE("a room that closes lets its sessions go") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  const auto ben = world.connect("s2", "ben");
  world.settle();
  ann->join(hall);
  world.settle();
  ben->join(hall);
  world.settle();
  ann->close_room(hall);
  world.settle();
  CHECK(ben->follows().empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
  world.drop(ann);
  world.drop(ben);
  world.pass(31s);
  check_all_over(log);
}

TEST_CASE("a session that never entered a place writes nothing and ends with its connection") {
  memory_log log;
  actor_world world{log};
  std::vector<world_client_ptr> many;
  for (int i = 0; i < 50; ++i) many.push_back(world.connect("s" + std::to_string(i), "ann"));
  world.settle();
  CHECK(world.entities().size() == 50);
  for (std::size_t i = 0; i < many.size(); ++i)
    if (i % 2 == 0)
      world.drop(many[i]);
    else
      world.say_goodbye(many[i]);
  world.settle();
  CHECK(world.entities().size() == 0);
  CHECK(log.head() == 0);
  CHECK(log.restart_timers({}, 1)->empty());
}

TEST_CASE("an idle client keeps its session in memory") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.pass(30min);
  CHECK(world.entities().size() == 1); // the hall is not
  const auto said = ann->say(hall, "hello");
  world.settle();
  CHECK(ann->succeeded(said));
}

TEST_CASE("a session is in so many places and no more, and the place is not even asked") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  for (std::size_t i = 0; i < domain::places_max; ++i) ann->join(make_stream("room", "r" + std::to_string(i)));
  world.settle();
  const auto one_more = ann->join(hall);
  world.settle();
  CHECK(ann->failed_with(one_more, errc::conflict));
  CHECK(story_of(log, hall).empty());
}
