// What a client that went leaves behind: nothing that nobody would end, and all that it may come back for. Each of
// these was found by the simulation.

#include "tests/unit/actors/shell/session_fixture.hpp"

#include <algorithm>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

TEST_CASE("a join that waited behind a leave is not done for a client that has gone") {
  memory_log log;
  actor_world world{log};
  const auto ben = world.connect("s2", "ben"); // so that there is a hall to leave
  ben->join(hall);
  world.settle();
  const auto ann = world.connect("s1", "ann");
  world.settle();
  ann->leave(hall); // asks the hall first
  ann->join(hall);  // and waits
  world.say_goodbye(ann);
  world.pass(10min);
  CHECK(members_of(log, hall) == lines{"s2"});
  CHECK(story_of(log, s1).empty());
}

TEST_CASE("a session that the log would not let end stays until it has ended") {
  memory_log log;
  auto chosen = later(0ms);
  chosen.passivate_after = 200ms;
  actor_world world{log, chosen};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  const auto ben = world.connect("s2", "ben");
  ben->join(den);
  world.settle();
  log.set_full(true);
  ben->say(den, "is not written, and then the log refuses all");
  world.settle();
  world.say_goodbye(ann);
  world.pass(30s); // it tries once a second, and is idle in between
  CHECK(members_of(log, hall) == lines{"s1"});
  log.set_full(false);
  world.pass(10s);
  CHECK(members_of(log, hall).empty());
  world.say_goodbye(ben);
  world.pass(10s);
  check_all_over(log);
}

TEST_CASE("a session waits in memory for its client, and still knows what that was given") {
  memory_log log;
  auto chosen = later(0ms);
  chosen.passivate_after = 2s;
  actor_world world{log, chosen};
  const auto ben = world.connect("s2", "ben");
  ben->join(hall);
  for (int i = 0; i < 3; ++i) ben->say(hall, "before ann");
  world.settle();
  const auto ann = world.connect("s1", "ann");
  ann->join(hall, 0); // wants the hall's history
  world.settle();
  world.drop(ann, {{hall, 3}}); // and got a part of it
  world.pass(20s);
  const auto back = world.resume("s1", "ann");
  world.settle();
  CHECK(back->subscriptions == std::map<stream_id, version>{{hall, 3}});
}

TEST_CASE("a client that started over from an earlier seq is owed from there when it comes back") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_talking(world);
  world.drop(ann, {{hall, 4}});
  const auto second = world.resume("s1", "ann");
  world.settle();
  second->join(hall, 1);
  world.settle();
  CHECK(second->subscriptions.at(hall) == 1);
  world.drop(second, {{hall, 1}}); // nothing of it arrived
  const auto third = world.resume("s1", "ann");
  world.settle();
  CHECK(third->subscriptions == std::map<stream_id, version>{{hall, 1}});
}

TEST_CASE(
    "a client that started over, and whose connection another takes over before it is missed, is owed from there") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_talking(world);
  world.drop(ann, {{hall, 4}});
  const auto second = world.resume("s1", "ann");
  world.settle();
  second->join(hall, 1);
  world.settle();
  const auto third = world.resume("s1", "ann");
  world.settle();
  CHECK(third->subscriptions == std::map<stream_id, version>{{hall, 1}});
}

TEST_CASE("what a connection of before reports late takes back nothing that the client asked for since") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_talking(world);
  world_client_ptr second;
  SECTION("by a join") {
    second = world.resume("s1", "ann");
    second->join(hall, 1);
  }
  SECTION("as it came back") { second = world.resume("s1", "ann", {}, {{hall, 1}}); }
  world.settle();
  CHECK(second->subscriptions == std::map<stream_id, version>{{hall, 1}});
  world.drop(ann, {{hall, 4}});
  const auto third = world.resume("s1", "ann");
  world.pass(3s);
  CHECK(third->subscriptions == std::map<stream_id, version>{{hall, 1}});
}

TEST_CASE("a late report spares the client what it has, when it asked for nothing") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_talking(world);
  world.drop(ann, {{hall, 3}});
  const auto second = world.resume("s1", "ann");
  world.settle();
  const auto third = world.resume("s1", "ann");
  world.settle();
  world.drop(second, {{hall, 5}});
  const auto fourth = world.resume("s1", "ann");
  world.settle();
  CHECK(third->subscriptions == std::map<stream_id, version>{{hall, 3}});
  CHECK(fourth->subscriptions == std::map<stream_id, version>{{hall, 5}});
}

TEST_CASE("who was put out and came in again, perhaps before knowing either, is told that it is in") {
  memory_log log;
  actor_world world{log};
  world.create_lounge(bar, "host");
  world.settle();
  const auto ann = world.connect("s1", "ann");
  ann->join(bar);
  world.settle();
  kick_ann(world);
  world.settle();
  const auto seen = log.stream_version(bar).value();
  ann->join(bar);
  world.settle();
  const auto count_joins = [](const world_client& of) { return std::ranges::count(of.heard, "joined lounge/bar"); };
  SECTION("while nothing is known of what its connection was given") {
    const auto back = world.resume("s1", "ann");
    world.pass(3s);
    CHECK(count_joins(*back) == 1);
    CHECK(back->follows() == std::vector{bar});
  }
  SECTION("when its connection says that the end never arrived") {
    world.drop(ann, {{bar, 2}});
    const auto back = world.resume("s1", "ann");
    world.pass(3s);
    CHECK(count_joins(*back) == 1);
    CHECK(back->subscriptions.at(bar) > seen);
  }
  SECTION("but not when all arrived") {
    world.drop(ann, {{bar, seen + 1}});
    const auto back = world.resume("s1", "ann");
    world.pass(3s);
    CHECK(count_joins(*back) == 0);
    CHECK(back->follows() == std::vector{bar});
  }
}
