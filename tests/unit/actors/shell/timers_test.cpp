#include "tests/unit/actors/shell/session_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

room::open short_lived(std::string id, std::chrono::seconds lifetime) {
  room::open c;
  c.id = {std::move(id)};
  c.lifetime = lifetime;
  return c;
}

std::ptrdiff_t count(const memory_log& log, const stream_id& stream, const std::string& line) {
  const auto story = story_of(log, stream);
  return std::count(story.begin(), story.end(), line);
}

std::size_t timers_standing(const memory_log& log) {
  return log.due_timers(time_point::max() - 1ms, 10'000)->size() + log.restart_timers({}, 10'000)->size();
}

} // namespace

TEST_CASE("a room ends when its time is over, once, and whoever was in it has left") {
  memory_log log;
  actor_world world{log};
  world.ask<room>(hall, short_lived("hall", 60s), caller("host"));
  const auto ann = world.connect("s1", "ann");
  world.settle();
  ann->join(hall);
  world.pass(59s);
  CHECK(count(log, hall, "room-closed expired") == 0);
  world.pass(2s);
  CHECK(count(log, hall, "room-closed expired") == 1);
  CHECK(count(log, hall, "left s1 room-expired") == 1);
  CHECK(ann->follows().empty());
  CHECK(story_of(log, {"session/s1"}).back() == "exited room/hall");
  world.pass(10min);
  CHECK(count(log, hall, "room-closed expired") == 1);
  CHECK(timers_standing(log) == 1); // the session's, for a restart
}

TEST_CASE("a timer that fell due while the server was down fires when it is back") {
  memory_log log;
  {
    actor_world world{log};
    world.ask<room>(hall, short_lived("hall", 60s), caller("host"));
    world.settle();
  }
  actor_world world{log, later(1h)};
  world.settle();
  CHECK(count(log, hall, "room-closed expired") == 1);
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("a timer whose commit was answered as failed fires in time when it is in the log all the same") {
  memory_log log;
  actor_world world{log};
  world.settle(); // the timers' process looks, and will look again in a minute
  const auto opened = world.ask<room>(hall, short_lived("hall", 20s), caller("host"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.run();
  REQUIRE((*opened && !**opened));
  world.pass(21s);
  CHECK(count(log, hall, "room-closed expired") == 1);
}

TEST_CASE("many timers due at once all fire, once each") {
  memory_log log;
  constexpr int rooms = 300; // several times what is in flight
  {
    actor_world world{log};
    for (int i = 0; i < rooms; ++i) {
      const auto id = "r" + std::to_string(i);
      world.ask<room>(make_stream("room", id), short_lived(id, 60s), caller("host"));
    }
    world.settle();
  }
  actor_world world{log, later(1h)};
  world.pass(5s);
  for (int i = 0; i < rooms; ++i)
    REQUIRE(count(log, make_stream("room", "r" + std::to_string(i)), "room-closed expired") == 1);
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("a restart gives every session of before its grace, once, however many there are") {
  memory_log log;
  constexpr int sessions = 200;
  {
    actor_world world{log};
    for (int i = 0; i < sessions; ++i) world.connect("s" + std::to_string(i), "ann")->join(hall);
    world.settle();
  }
  log.crash();
  actor_world world{log, later(1h)};
  world.pass(5s);
  for (int i = 0; i < sessions; ++i)
    REQUIRE(count(log, make_stream("session", "s" + std::to_string(i)), "disconnected server-restarted") == 1);
  world.pass(31s);
  CHECK(members_of(log, hall).empty());
  CHECK(wrong_with_membership(log) == "");
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("a timer the entity leaves standing is taken away, and does not fire again") {
  memory_log log;
  append_request stray;
  stray.timers.push_back({true, {noon + 10s, hall, "lunch"}});
  stray.timers.push_back({true, {noon + 10s, {"account/ann"}, "lunch"}}); // of a kind that knows no timers
  REQUIRE(log.append({&stray, 1}).front().has_value());
  actor_world world{log};
  world.pass(11s);
  CHECK(timers_standing(log) == 0);
  CHECK(log.head() == 0);
}

TEST_CASE("a timer is not fired again while its end is on the way to the log") {
  memory_log log;
  append_request stray;
  stray.timers.push_back({true, {noon + 10s, hall, "lunch"}});
  REQUIRE(log.append({&stray, 1}).front().has_value());
  int commits = 0;
  actor_world world{log};
  log.on_append([&] { ++commits; });
  log.set_full(true);
  world.pass(30s);
  CHECK(commits < 60); // it tries about once a second, and does not spin
  log.set_full(false);
  world.pass(5s);
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("when the timers' process fails a new one takes its place, and every timer still fires") {
  memory_log log;
  append_request stray;
  stray.timers.push_back({true, {noon + 10s, hall, "lunch"}});
  REQUIRE(log.append({&stray, 1}).front().has_value());
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  world.log().explode_on_cancel();
  world.drop(ann);
  world.pass(60s);
  CHECK(members_of(log, hall).empty());
  CHECK(wrong_with_membership(log) == "");
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("timers of entities that cannot be recovered hold up no others") {
  memory_log log;
  constexpr int broken = 200;
  append_request foreign;
  for (int i = 0; i < broken; ++i) {
    const auto stream = make_stream("room", "broken" + std::to_string(i));
    foreign.streams.push_back({stream, 0, {{"who-knows", 1, "{}", "{}"}}});
    foreign.timers.push_back({true, {noon + 1s, stream, "expiry"}});
  }
  REQUIRE(log.append({&foreign, 1}).front().has_value());
  actor_world world{log};
  world.ask<room>(hall, short_lived("hall", 60s), caller("host"));
  world.pass(3min);
  CHECK(count(log, hall, "room-closed expired") == 1);
  const auto loads = world.log().loads();
  world.pass(1min);
  CHECK(world.log().loads() - loads < 4 * broken); // two pages a try; later and later
  CHECK(timers_standing(log) == broken);
}

TEST_CASE("a session's grace survives a crash in the middle of it, and begins anew") {
  memory_log log;
  {
    actor_world world{log};
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    world.settle();
    world.drop(ann);
    world.pass(20s);
  }
  log.crash();
  actor_world world{log, later(25s)};
  world.pass(20s); // the first grace is over
  CHECK(members_of(log, hall) == std::vector<std::string>{"s1"});
  world.pass(11s);
  CHECK(members_of(log, hall).empty());
  CHECK(timers_standing(log) == 0);
}

TEST_CASE("a grace ends also when the wall clock steps back as it fires") {
  for (const auto pause : {0ms, 1ms}) { // whichever look at the clock comes first
    memory_log log;
    actor_world::options unsteady;
    unsteady.clock_jitter = 5ms;
    actor_world world{log, unsteady};
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    world.settle();
    if (pause != 0ms) static_cast<void>(world.now());
    world.drop(ann);
    world.pass(40s);
    CHECK(members_of(log, hall).empty());
    CHECK(timers_standing(log) == 0);
  }
}
