// Connections that are lost, servers that crash, and clients that come back from either.
#include "tests/unit/actors/shell/session_fixture.hpp"

#include <algorithm>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

TEST_CASE("a lost connection leaves after its grace, once") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  world.drop(ann);
  world.pass(29s);
  CHECK(members_of(log, hall) == lines{"s1"});
  world.pass(2s);
  CHECK(members_of(log, hall).empty());
  CHECK(story_of(log, hall).back() == "left s1 connection-lost");
  check_all_over(log);
  CHECK(world.entities().size() == 1); // the hall; the session is gone
}

TEST_CASE("a client that comes back in time keeps its places and gets what it was not handed") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  ann->say(hall, "one");
  world.settle();
  world.drop(ann, {{hall, 2}});
  world.pass(20s);
  const auto back = world.resume("s1", "ann");
  world.settle();
  REQUIRE(back->greetings.size() == 1);
  CHECK(back->greetings[0].resumed);
  CHECK(back->greetings[0].places == std::vector{hall});
  CHECK(back->subscriptions == std::map<stream_id, version>{{hall, 2}});
  world.pass(60s);
  CHECK(members_of(log, hall) == lines{"s1"});
  world.say_goodbye(back);
  world.settle();
  check_all_over(log);
}

TEST_CASE("a client that comes back too late is told that its session is over") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
  world.drop(ann);
  world.pass(31s);
  const auto back = world.resume("s1", "ann");
  const auto early = back->join(hall);
  world.settle();
  CHECK(back->over);
  CHECK(back->failed_with(early, errc::unavailable)); // no command stays unanswered
  CHECK(members_of(log, hall).empty());
  world.settle();
  CHECK(world.entities().size() == 1);
}

TEST_CASE("after a crash the session gets its grace, and then every place its one left") {
  memory_log log;
  {
    actor_world world{log};
    world.ask<domain::lounge>(bar, domain::lounge::create{{"bar"}, "Bar", ""}, caller("host"));
    const auto ann = world.connect("s1", "ann");
    world.settle();
    ann->join(hall);
    ann->join(bar);
    world.settle();
  }
  log.crash();
  actor_world world{log, later(1h)};
  world.pass(29s);
  CHECK(members_of(log, hall) == lines{"s1"});
  world.pass(2s);
  check_all_over(log);
  CHECK(story_of(log, bar).back() == "left s1 connection-lost");
}

TEST_CASE("a crash between a session's note and the place's yes leaves nothing behind") {
  memory_log log;
  {
    actor_world world{log};
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    answer_reads(world);
    world.log().commit_unanswered(1);
  }
  log.crash();
  actor_world world{log, later(1h)};
  world.pass(31s);
  check_all_over(log);
  CHECK(story_of(log, hall).empty());
}

TEST_CASE("a crash while a session leaves its places is finished by the next run") {
  memory_log log;
  {
    actor_world world{log};
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    ann->join(den);
    world.settle();
    world.say_goodbye(ann);
    world.run();
    world.log().commit(1); // closed
    world.run();
    world.log().commit_unanswered(1); // one of them left
  }
  log.crash();
  actor_world world{log, later(1h)};
  world.pass(2s);
  check_all_over(log);
}

TEST_CASE("a client that comes back after a crash is told all since it joined, not what was before") {
  memory_log log;
  {
    actor_world world{log};
    const auto ben = world.connect("s2", "ben");
    ben->join(hall);
    for (int i = 0; i < 5; ++i) ben->say(hall, "before ann");
    world.settle();
    const auto ann = ann_in_hall(world);
    REQUIRE(ann->subscriptions.at(hall) == 8);
    ben->say(hall, "after ann");
    world.settle();
  }
  log.crash();
  actor_world world{log, later(5s)};
  const auto back = world.resume("s1", "ann");
  world.pass(500ms);
  CHECK(back->follows().empty()); // it may say itself what it has
  world.pass(1s);
  CHECK(back->subscriptions == std::map<stream_id, version>{{hall, 8}});
  CHECK(log.stream_version(hall).value() == 9);
}

TEST_CASE(
    "a client that comes back after a crash and joins with what it has is taken at its word, as far as that goes") {
  memory_log log;
  {
    actor_world world{log};
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    ann->join(den);
    world.settle();
  }
  log.crash();
  actor_world world{log, later(5s)};
  const auto back = world.resume("s1", "ann");
  world.settle();
  back->join(hall, 1);
  back->join(den, 1'000'000); // of what does not exist yet, it has nothing
  world.pass(3s);
  CHECK(back->subscriptions == std::map<stream_id, version>{{den, 2}, {hall, 1}});
}

TEST_CASE("a client that comes back to a room closed meanwhile is not in it") {
  memory_log log;
  {
    actor_world world{log};
    const auto ann = ann_in_hall(world);
    ann->close_room(hall);
    answer_reads(world);
    world.log().commit_unanswered(1); // nobody tells the session
  }
  log.crash();
  actor_world world{log, later(5s)};
  const auto back = world.resume("s1", "ann");
  world.pass(3s);
  CHECK(back->follows().empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
  CHECK(wrong_with_membership(log) == "");
}

TEST_CASE("who left before a crash is not brought back by a session that lost its note of that") {
  const auto place = GENERATE(hall, bar);
  memory_log log;
  {
    actor_world world{log};
    world.create_lounge(bar, "host");
    const auto ann = world.connect("s1", "ann");
    world.settle();
    ann->join(place);
    world.settle();
    const auto asked = ann->leave(place);
    answer_reads(world);
    world.log().commit(1); // the place's
    world.run();
    REQUIRE(ann->succeeded(asked));
    REQUIRE(world.log().commits_waiting() == 1); // the session's note
  }
  log.crash();
  REQUIRE(story_of(log, s1).back() == "entered " + place.text);
  actor_world world{log, later(5s)};
  const auto back = world.resume("s1", "ann");
  world.pass(3s);
  CHECK(back->is_live());
  CHECK(back->follows().empty());
  CHECK(members_of(log, place).empty());
  CHECK(story_of(log, place).back() == "left s1 left"); // and nothing since
  CHECK(story_of(log, s1).back() == "exited " + place.text);
}

TEST_CASE("who was put out of a lounge without being told, and comes back to the next server, is told that it is out") {
  const bool before_the_crash = GENERATE(true, false);
  memory_log log;
  {
    actor_world world{log};
    world.create_lounge(bar, "host");
    world.settle();
    world.connect("s1", "ann")->join(bar);
    world.settle();
    if (before_the_crash) kick_ann(world);
    world.run();
    world.log().commit_unanswered(1); // nobody tells the session
  }
  log.crash();
  actor_world world{log, later(5s)};
  const auto back = world.resume("s1", "ann");
  world.settle();
  if (!before_the_crash) { // while it may still say what it has
    kick_ann(world);
    answer_reads(world);
    log.fail_next_sync(memory_log::tail::kept);
    world.log().commit();
    world.run();
    world.log().mend();
    world.ask<domain::lounge>(bar, domain::lounge::leave{}, caller("eve", "s9")); // wakes it, and it looks back
  }
  world.pass(3s);
  CHECK(std::ranges::count(back->heard, "left lounge/bar") == 1);
  CHECK(back->follows().empty());
  CHECK(story_of(log, s1).back() == "exited lounge/bar");
}

namespace {

using starts = std::map<stream_id, version>;

/// Ben is in the hall and has said a few things when ann comes in at seq 8.
struct ann_comes_later {
  explicit ann_comes_later(actor_world& w)
    : world{w}
    , ben{world.connect("s2", "ben")} {
    ben->join(hall);
    for (int i = 0; i < 5; ++i) ben->say(hall, "before ann");
    world.settle();
    ann = world.connect("s1", "ann");
    world.settle();
  }
  void ann_joins(std::optional<version> after = std::nullopt) {
    ann->join(hall, after);
    world.settle();
  }
  void ben_says(const std::string& text) {
    ben->say(hall, text);
    world.settle();
  }

  actor_world& world;
  world_client_ptr ben, ann;
};

} // namespace

TEST_CASE("a client that comes back and joins at once, asking for nothing of before, misses nothing") {
  memory_log log;
  SECTION("after its connection was lost") {
    actor_world world{log};
    ann_comes_later s{world};
    s.ann_joins();
    s.ben_says("after ann");
    const auto back = world.resume("s1", "ann"); // before the old connection is found out to be lost
    s.ben_says("meanwhile");
    back->join(hall);
    world.settle();
    CHECK(back->subscriptions == starts{{hall, 8}});
    world.pass(3s);
    CHECK(back->subscriptions == starts{{hall, 8}});
  }
  SECTION("after its connection was lost, of which it is known how far it got") {
    actor_world world{log};
    ann_comes_later s{world};
    s.ann_joins();
    s.ben_says("after ann");
    const auto back = world.resume("s1", "ann");
    world.drop(s.ann, {{hall, 9}});
    s.ben_says("meanwhile");
    back->join(hall);
    world.settle();
    CHECK(back->subscriptions == starts{{hall, 9}});
  }
  SECTION("after a crash") {
    {
      actor_world world{log};
      ann_comes_later s{world};
      s.ann_joins();
      s.ben_says("after ann");
    }
    log.crash();
    actor_world world{log, later(5s)};
    const auto back = world.resume("s1", "ann");
    world.pass(500ms);
    back->join(hall);
    world.settle();
    CHECK(back->subscriptions == starts{{hall, 8}});
  }
}

TEST_CASE("who asked for all of before and comes back before the old connection is found lost is given all of it") {
  memory_log log;
  actor_world world{log};
  ann_comes_later s{world};
  s.ann_joins(0);
  REQUIRE(s.ann->subscriptions == starts{{hall, 0}});
  SECTION("waiting to be asked") {}
  SECTION("although it asked for less later") { s.ann_joins(8); }
  const auto back = world.resume("s1", "ann");
  world.pass(3s);
  CHECK(back->subscriptions == starts{{hall, 0}});
}

TEST_CASE("what an earlier stay had asked for does not count for a later one") {
  memory_log log;
  actor_world world{log};
  ann_comes_later s{world};
  s.ann_joins(0);
  s.ann->leave(hall);
  s.ann_joins();
  const auto back = world.resume("s1", "ann");
  world.pass(3s);
  CHECK(back->subscriptions == starts{{hall, 10}});
}

TEST_CASE("a join whose answer finds its client replaced is the new client's, from where it was to begin") {
  const auto after = GENERATE(std::optional<version>{}, std::optional<version>{3});
  memory_log log;
  actor_world world{log};
  ann_comes_later s{world};
  s.ann->join(hall, after);
  world.run();
  world.log().commit(1); // the session's note
  world.run();
  REQUIRE(world.log().commits_waiting() == 1); // ann is in, as soon as that is durable
  const auto back = world.resume("s1", "ann");
  world.run();
  REQUIRE(back->is_live());
  s.ben_says("meanwhile");
  CHECK(s.ann->succeeded(1)); // whatever its connection still takes
  CHECK(s.ann->subscriptions.empty());
  world.pass(3s);
  CHECK(back->subscriptions == starts{{hall, after.value_or(8)}});
}
