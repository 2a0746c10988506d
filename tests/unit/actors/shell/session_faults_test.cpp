// Sessions whose log is full, whose commits fail, or that fail themselves.
#include "tests/unit/actors/shell/session_fixture.hpp"

#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

TEST_CASE("the grace of a connection that is lost while the disk is full begins when there is room again") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  log.set_full(true);
  world.drop(ann);
  world.pass(10s);
  log.set_full(false);
  world.pass(45s);
  check_all_over(log);
}

TEST_CASE("a session that ends while the disk is full leaves when there is room again") {
  const auto outage = GENERATE(10s, 600s); // also one that outlasts an idle actor
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  ann->join(den);
  world.settle();
  SECTION("from the start") { log.set_full(true); }
  world.say_goodbye(ann);
  SECTION("after it was closed") {
    world.run();
    world.log().commit(1);
    log.set_full(true);
  }
  SECTION("after one place was left") {
    world.run();
    world.log().commit(1);
    world.run();
    world.log().commit(1);
    log.set_full(true);
  }
  SECTION("after both were left") {
    world.run();
    world.log().commit(1);
    world.run();
    world.log().commit(2);
    log.set_full(true);
  }
  world.pass(outage);
  log.set_full(false);
  world.pass(10s);
  check_all_over(log);
}

TEST_CASE("a leave that fails is not asked again for a place that the session never entered") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  world.settle();
  world.log().fail_reads(true);
  for (int i = 0; i < 50; ++i) ann->leave(make_stream("room", "r" + std::to_string(i)));
  world.pass(5s);
  for (std::uint64_t ack = 1; ack <= 50; ++ack) CHECK(ann->answer_to(ack) != nullptr);
  const auto asked = world.log().loads();
  world.pass(30s);
  CHECK(world.log().loads() == asked);
}

TEST_CASE("while the log cannot take out the note of a place, what is said to that place is answered") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  const auto gone = ann->leave(hall);
  world.run();
  world.log().commit(1); // the place's
  log.set_full(true);
  world.run();
  world.pass(3s);
  CHECK(ann->succeeded(gone));
  const auto again = ann->join(hall);
  world.pass(3s);
  CHECK(ann->answer_to(again) != nullptr);
  log.set_full(false);
  world.pass(5s);
  CHECK(story_of(log, s1).back() == "exited room/hall");
}

TEST_CASE("a leave that was answered as failed but was durable is told as a leave") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  const auto asked = ann->leave(hall);
  world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit(1);
  world.pass(5s);
  CHECK(ann->failed_with(asked, errc::log_unavailable));
  CHECK(ann->heard.back() == "left room/hall");
  CHECK(ann->follows().empty());
}

TEST_CASE("a return that never became durable does not leave a client on a session that ends") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  world.drop(ann);
  world.pass(10s);
  SECTION("with room again in time, the client stays") {
    log.set_full(true);
    const auto back = world.resume("s1", "ann");
    world.pass(5s);
    log.set_full(false);
    world.pass(60s);
    CHECK(back->is_live());
    CHECK(members_of(log, hall) == lines{"s1"});
  }
  SECTION("after the grace it is told to come back, and begins anew") {
    world.pass(19s + 500ms);
    const auto back = world.resume("s1", "ann");
    answer_reads(world);
    REQUIRE(world.log().commits_waiting() == 1); // resumed
    log.fail_next_append();
    world.log().commit(1);
    world.pass(5s); // the grace timer is faster than the second try
    CHECK(back->closed == close_reason::come_back);
    CHECK(members_of(log, hall).empty());
  }
}

TEST_CASE("a session that fails tells its client to come back, and the grace begins") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  world.log().explode_on_submit();
  const auto fatal = ann->join(den);
  world.settle();
  CHECK(ann->closed == close_reason::come_back);
  CHECK(ann->failed_with(fatal, errc::unavailable));
  SECTION("and ends") {
    world.drop(ann);
    world.pass(31s);
    check_all_over(log);
  }
  SECTION("or it comes back") {
    world_client_ptr back;
    SECTION("before the old connection is found lost") {
      back = world.resume("s1", "ann");
      world.drop(ann);
    }
    SECTION("after it, while the session is still recovering") {
      world.drop(ann);
      back = world.resume("s1", "ann");
    }
    world.pass(60s);
    CHECK(back->is_live());
    CHECK(back->follows() == std::vector{hall});
    CHECK(members_of(log, hall) == lines{"s1"});
  }
}

TEST_CASE("a place that looks back after a failed commit lets nobody go whose leaving is not durable") {
  memory_log log;
  actor_world world{log};
  const auto ben = world.connect("s2", "ben");
  ben->join(hall);
  world.settle();
  const auto ann = ann_in_hall(world);
  ann->leave(hall); // it will be read of that again
  world.settle();
  ann->join(hall);
  world.settle();
  ben->say(hall, "is answered as failed, and kept");
  world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.run();
  world.log().mend();
  ben->close_room(hall); // wakes the hall, which recovers and looks back
  answer_reads(world);
  log.fail_next_append();
  world.log().commit(1);
  world.settle();
  world.pass(3s);
  CHECK(ben->failed_with(ben->asked, errc::log_unavailable));
  CHECK(members_of(log, hall) == lines{"s1", "s2"});
  CHECK(story_of(log, s1).back() == "entered room/hall");
}

TEST_CASE("whom a commit that was answered as failed let go is told also when the log cannot be read at first") {
  memory_log log;
  actor_world world{log};
  const auto ben = world.connect("s2", "ben");
  ben->join(hall);
  world.settle();
  const auto ann = ann_in_hall(world);
  ben->close_room(hall);
  world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.run();
  world.log().mend();
  ben->say(hall, "wakes the hall");
  world.run();
  REQUIRE(world.log().answer_read()); // it recovers
  world.run();
  world.log().fail_reads(true); // and cannot look back
  REQUIRE(world.log().answer_read());
  world.run();
  CHECK(story_of(log, s1).back() == "entered room/hall");
  world.log().fail_reads(false);
  world.pass(3s);
  CHECK(story_of(log, s1).back() == "exited room/hall");
  CHECK(ann->ended.contains(hall));
}
