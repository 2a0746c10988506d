#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

const stream_id hall{"room/hall"}, den{"room/den"}, bar{"lounge/bar"};
const stream_id s1{"session/s1"};
using lines = std::vector<std::string>;

void answer_loads(actor_world& world) {
  world.run();
  while (world.log().answer_load()) world.run();
}

/// Everybody left, nothing is owed, no timer stands.
void check_all_over(const memory_log& log) {
  CHECK(wrong_with_membership(log) == "");
  for (const auto& place : {hall, den, bar}) CHECK(members_of(log, place).empty());
  CHECK(log.due_timers(time_point::max() - 1ms, 10)->empty());
  CHECK(log.restart_timers({}, 10)->empty());
}

/// A room of one place, in which ben is already.
world_client_ptr fill_den(actor_world& world) {
  room::open small;
  small.id = {"den"};
  small.capacity = 1;
  world.ask<room>(den, small, caller("host"));
  const auto ben = world.connect("s2", "ben");
  ben->join(den);
  world.settle();
  return ben;
}

actor_world::options later(std::chrono::milliseconds time) {
  actor_world::options chosen;
  chosen.start = noon + time;
  return chosen;
}

} // namespace

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
  answer_loads(world);
  REQUIRE(world.log().commits_waiting() == 1); // the session's note
  world.log().commit(1);
  answer_loads(world);
  REQUIRE(world.log().commits_waiting() == 1);
  CHECK(ann->answers.empty());
  CHECK(ann->subscriptions.empty());
  world.settle();
  CHECK(ann->succeeded(1));
}

TEST_CASE("a leave and a join in one breath leave nobody behind") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  ann->leave(hall);
  ann->join(hall);
  world.settle();
  CHECK(members_of(log, hall) == lines{"s1"});
  CHECK(ann->follows() == std::vector{hall});
  world.drop(ann);
  world.pass(31s);
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
  answer_loads(world);
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
  answer_loads(world);
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
  answer_loads(world);
  world.log().explode_on("boom");
  world.ask<room>(hall, room::leave{}, caller("eve"), idempotency{"boom", "f"});
  world.settle(); // the room's actor is gone, its commit is not
  CHECK(ann->failed_with(1, errc::unavailable));
  world.pass(2s);
  CHECK(members_of(log, hall).empty());
  CHECK(story_of(log, s1).back() == "exited room/hall");
}

TEST_CASE("a lost connection leaves after its grace, once") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
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
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
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
    answer_loads(world);
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
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    world.settle();
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
    const auto ann = world.connect("s1", "ann");
    ann->join(hall);
    world.settle();
    ann->close_room(hall);
    answer_loads(world);
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

TEST_CASE("a login that is revoked cuts its sessions at once") {
  memory_log log;
  actor_world world{log};
  world.sign_up("ann", "l1");
  world.settle();
  const auto ann = world.connect("s1", "ann", "l1");
  const auto idle = world.connect("s2", "ann", "l1");
  world.settle();
  ann->join(hall);
  world.settle();
  REQUIRE(ann->is_live());
  world.revoke("ann", "l1");
  world.settle();
  CHECK(ann->closed == close_reason::log_in_again);
  CHECK(idle->closed == close_reason::log_in_again);
  CHECK(story_of(log, hall).back() == "left s1 session-revoked");
  CHECK(world.directory().of({"l1"}).empty());
  check_all_over(log);
}

TEST_CASE("a login that is not in force is refused, and disturbs nobody") {
  memory_log log;
  actor_world world{log};
  world.sign_up("ann", "l1");
  world.settle();
  const auto ann = world.connect("s1", "ann", "l1");
  ann->join(hall);
  world.settle();
  const auto other = world.resume("s1", "ann", "l2");
  const auto asked = other->join(den);
  world.settle();
  CHECK(other->closed == close_reason::log_in_again);
  CHECK(other->answer_to(asked) != nullptr);
  CHECK(ann->is_live());
  CHECK(world.directory().of({"l2"}).empty());
  CHECK(world.directory().of({"l1"}).size() == 1);
  const auto said = ann->say(hall, "still here");
  world.settle();
  CHECK(ann->succeeded(said));
}

TEST_CASE("nobody takes over somebody else's session") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  const auto eve = world.resume("s1", "eve");
  world.settle();
  CHECK(eve->over);
  CHECK(ann->is_live());
  const auto said = ann->say(hall, "still here");
  world.settle();
  CHECK(ann->succeeded(said));
}

TEST_CASE("a connection that resumes a session takes it over, and the old one's end disturbs nobody") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  const auto back = world.resume("s1", "ann");
  world.settle();
  CHECK(ann->closed == close_reason::taken_over);
  world.drop(ann, {{hall, 2}});
  world.pass(60s);
  CHECK(back->is_live());
  CHECK(back->subscriptions == std::map<stream_id, version>{{hall, 2}});
  CHECK(members_of(log, hall) == lines{"s1"});
}

TEST_CASE("a client that is refused after a restart does not swallow the session's grace") {
  memory_log log;
  {
    actor_world world{log};
    world.sign_up("ann", "l1");
    world.settle();
    const auto ann = world.connect("s1", "ann", "l1");
    ann->join(hall);
    world.settle();
  }
  log.crash();
  actor_world world{log, later(1s)};
  const auto other = world.resume("s1", "ann", "l2"); // before the timers run
  world.settle();
  CHECK(other->closed == close_reason::log_in_again);
  world.pass(31s);
  check_all_over(log);
}

TEST_CASE("the grace of a connection that is lost while the disk is full begins when there is room again") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  log.set_full(true);
  world.drop(ann);
  world.pass(10s);
  log.set_full(false);
  world.pass(45s);
  check_all_over(log);
}

TEST_CASE("a session that ends while the disk is full leaves when there is room again") {
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
  world.pass(10s);
  log.set_full(false);
  world.pass(10s);
  check_all_over(log);
}

TEST_CASE("a return that never became durable does not leave a client on a session that ends") {
  memory_log log;
  actor_world world{log};
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
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
    answer_loads(world);
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
  const auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
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
    const auto back = world.resume("s1", "ann");
    world.drop(ann);
    world.pass(60s);
    CHECK(back->is_live());
    CHECK(back->follows() == std::vector{hall});
    CHECK(members_of(log, hall) == lines{"s1"});
  }
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
