// Rooms that close while a member's connection is gone: whoever comes back in time is told all of it, to the end.
#include "actors/farewells.hpp"
#include "tests/unit/actors/shell/session_fixture.hpp"

#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

using starts = std::map<stream_id, version>;

/// Ben opens the hall and ann comes in, whose place is at seq 3. Both are connected.
struct two_in_the_hall {
  explicit two_in_the_hall(actor_world& w, std::string history = "kept")
    : world{w} {
    room::open opening;
    opening.id = {"hall"};
    opening.history = std::move(history);
    world.ask<room>(hall, opening, caller("ben"));
    ben = world.connect("s2", "ben");
    ben->join(hall);
    world.settle();
    ann = world.connect("s1", "ann");
    ann->join(hall);
    world.settle();
    REQUIRE(ann->subscriptions == starts{{hall, 3}});
  }

  void close_the_hall() {
    ben->say(hall, "goodbye");
    ben->close_room(hall);
    world.settle();
  }
  world_client_ptr resume() {
    auto back = world.resume("s1", "ann");
    world.settle();
    REQUIRE(back->is_live());
    return back;
  }

  actor_world& world;
  world_client_ptr ann, ben;
};

} // namespace

TEST_CASE("who was away when its room closed is given the rest of it on coming back, once") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  SECTION("when it was lost before") {
    world.drop(s.ann, {{hall, 3}});
    s.close_the_hall();
  }
  SECTION("or only found to be lost afterwards") {
    s.close_the_hall();
    world.drop(s.ann, {{hall, 3}});
  }
  const auto back = s.resume();
  CHECK(back->greetings[0].places.empty());
  CHECK(back->follows().empty());
  CHECK(back->ended == starts{{hall, 3}});
  world.drop(back);
  CHECK(s.resume()->ended.empty());
}

TEST_CASE("a farewell that broke off goes on where it broke off") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  world.drop(s.ann, {{hall, 3}});
  s.close_the_hall();
  const auto back = s.resume();
  world.drop(back, {{hall, 4}});
  const auto again = s.resume();
  CHECK(again->ended == starts{{hall, 4}});
}

TEST_CASE("who came back before its lost connection was found out is given the rest then") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.close_the_hall();
  const auto back = s.resume();
  CHECK(back->ended.empty());
  world.drop(s.ann, {{hall, 3}});
  world.settle();
  CHECK(back->ended == starts{{hall, 3}});
  CHECK(back->follows().empty());
}

TEST_CASE("who came back before its lost connection was found out, and says what it has, is given the rest at once") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.close_the_hall();
  const auto back = s.resume();
  back->join(hall, 3);
  world.settle();
  CHECK(back->failed_with(back->asked, errc::room_closed));
  CHECK(back->ended == starts{{hall, 3}});
  back->ended.clear();
  SECTION("and once") { world.drop(s.ann, {{hall, 3}}); }
  SECTION("and not again as long as it is there") { back->join(hall, 3); }
  world.settle();
  CHECK(back->ended.empty());
}

TEST_CASE("the late end of an old connection repeats nothing to one that was told") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  const auto back = s.resume();
  back->join(hall, 3); // claims its place
  world.settle();
  s.close_the_hall();
  CHECK(back->ended == starts{{hall, 3}});
  back->ended.clear();
  world.drop(s.ann, {{hall, 3}});
  world.settle();
  CHECK(back->ended.empty());
}

TEST_CASE("a room that closes before a client that is back claimed its place there still gives it the rest") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  const auto back = s.resume();
  world.drop(s.ann, {{hall, 3}});
  world.settle();
  REQUIRE(back->follows().empty());
  s.close_the_hall();
  CHECK(back->ended == starts{{hall, 3}});
  world.pass(3s);
  CHECK(back->follows().empty());
}

TEST_CASE("a connection that had all of a room's end is owed nothing of it") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.close_the_hall();
  world.drop(s.ann);
  CHECK(s.resume()->ended.empty());
}

TEST_CASE("who left by its own wish is given nothing more, whatever its connection reports") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.ann->leave(hall);
  SECTION("of a room that stays open") {
    world.settle();
    s.ben->say(hall, "not for ann");
  }
  SECTION("of one that closed afterwards") {
    world.settle();
    s.close_the_hall();
  }
  SECTION("of one that closed meanwhile") {
    world.run();
    s.ben->close_room(hall);
  }
  SECTION("when it was gone before it was answered") {
    world.drop(s.ann, {{hall, 3}});
    s.close_the_hall();
  }
  SECTION("when its leave was answered as failed, and held all the same") {
    answer_reads(world);
    log.fail_next_sync(memory_log::tail::kept);
    world.log().commit(1);
    REQUIRE(log.recover().has_value());
    world.settle(); // the room says once more whom it let go
    CHECK(members_of(log, hall) == lines{"s2"});
  }
  world.settle();
  if (s.ann->is_connected()) world.drop(s.ann, {{hall, 3}});
  const auto back = s.resume();
  world.pass(3s);
  CHECK(back->ended.empty());
  CHECK(back->follows().empty());
}

TEST_CASE("who was in a room when a server crashed is given its end when it comes back to the next one") {
  memory_log log;
  const bool told_before = GENERATE(false, true);
  {
    actor_world world{log};
    two_in_the_hall s{world};
    if (told_before) s.close_the_hall();
  }
  log.crash();
  actor_world world{log, later(5s)};
  const auto end = [&] {
    world.ask<room>(hall, room::close{}, caller("ben"));
    world.settle();
  };
  world_client_ptr back;
  version after = 3;
  SECTION("of a room that closed before that") {
    end();
    back = world.resume("s1", "ann");
    world.pass(3s);
    if (told_before) back->join(hall); // the session noted that it is out, and nobody knows any more what was told
  }
  SECTION("of one that closes while it may say what it has") {
    back = world.resume("s1", "ann");
    world.settle();
    end();
    if (told_before) back->join(hall);
  }
  SECTION("as far as it says that it has not seen it") {
    end();
    back = world.resume("s1", "ann");
    world.settle();
    back->join(hall, after = 4);
  }
  world.settle();
  CHECK(back->ended == starts{{hall, after}});
  CHECK(back->follows().empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
  back->ended.clear();
  back->join(hall); // once more: it knows
  world.pass(3s);
  CHECK(back->failed_with(back->asked, errc::room_closed));
  CHECK(back->ended.empty());
}

TEST_CASE("everybody whom a commit that was answered as failed let go is shown the room's end to the last") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.ben->close_room(hall);
  world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.run();
  world.pass(3s); // the hall looks back, page by page
  const auto last = log.stream_version(hall).value();
  REQUIRE(story_of(log, hall).back() == "room-closed closed-by-host");
  for (const auto& each : {s.ann, s.ben}) CHECK(each->shown_to == starts{{hall, last}});
}

TEST_CASE("who left a room by its own wish is not told how it ended, also when it asks to join it") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world};
  s.close_the_hall();
  CHECK(s.ann->ended == starts{{hall, 3}});
  s.ann->leave(hall);
  world.settle();
  REQUIRE(s.ann->ended.empty());
  s.ann->join(hall);
  world.settle();
  CHECK(s.ann->failed_with(s.ann->asked, errc::room_closed));
  CHECK(s.ann->ended.empty());
}

TEST_CASE("a room without history shows nothing of before one came in, whatever an old connection reports") {
  memory_log log;
  actor_world world{log};
  two_in_the_hall s{world, "none"};
  s.ann->leave(hall);
  world.settle();
  s.ben->say(hall, "not for ann");
  s.ann->join(hall);
  world.settle();
  REQUIRE(s.ann->subscriptions == starts{{hall, 6}});
  SECTION("on coming back") {
    world.drop(s.ann, {{hall, 3}});
    CHECK(s.resume()->subscriptions == starts{{hall, 6}});
  }
  SECTION("on coming back to its end") {
    world.drop(s.ann, {{hall, 3}});
    s.close_the_hall();
    CHECK(s.resume()->ended == starts{{hall, 6}});
  }
}

TEST_CASE("a session is owed the ends of so many rooms and no more") {
  farewells owed;
  const auto place = [](std::size_t i) { return make_stream("room", "r" + std::to_string(i)); };
  for (std::size_t i = 0; i <= farewells::farewells_max; ++i) {
    owed.note(place(i), 0, 9, nullptr);
    owed.owe(place(i), 1, nullptr);
  }
  CHECK_FALSE(owed.owe(place(0), 1, nullptr));
  CHECK(owed.take(nullptr).size() == farewells::farewells_max);
  CHECK(owed.take(nullptr).empty());
}
