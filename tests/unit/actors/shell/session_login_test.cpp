// Who may be a session: logins, names, and more than one connection that wants to be it.
#include "tests/unit/actors/shell/session_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

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

TEST_CASE("a revocation whose commit was answered as failed cuts its sessions when it is in the log all the same") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_signed_in(world);
  const auto revoked = world.revoke("ann", "l1");
  world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.run();
  REQUIRE((*revoked && !**revoked));
  CHECK(ann->is_live());
  world.pass(3s); // nobody asks
  CHECK(ann->closed == close_reason::log_in_again);
  CHECK(story_of(log, hall).back() == "left s1 session-revoked");
  check_all_over(log);
}

TEST_CASE("a login that is not in force is refused, and disturbs nobody") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_signed_in(world);
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

TEST_CASE("whoever was renamed has the new name on the next connection, whatever the token says") {
  memory_log log;
  actor_world world{log};
  world.sign_up("ann", "l1");
  world.settle();
  const auto ann = world.connect("s1", "ann", "l1");
  ann->join(den);
  world.settle();
  CHECK(ann->greetings.at(0).name == "ann");
  world.rename("ann", "Ann L.");
  world.drop(ann);
  world_client_ptr next;
  SECTION("on a new session") { next = world.connect("s2", "ann", "l1"); }
  SECTION("or on one that is resumed") { next = world.resume("s1", "ann", "l1"); }
  next->join(hall);
  world.settle();
  CHECK(next->greetings.at(0).name == "Ann L.");
  const auto joined = std::get<event>(world.published(hall).back()->what);
  CHECK(std::get<events::joined>(std::get<events::room_event>(joined)).name == "Ann L.");
}

TEST_CASE("nobody takes over somebody else's session") {
  memory_log log;
  actor_world world{log};
  const auto ann = ann_in_hall(world);
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
  const auto ann = ann_in_hall(world);
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
    ann_signed_in(world);
  }
  log.crash();
  actor_world world{log, later(1s)};
  const auto other = world.resume("s1", "ann", "l2"); // before the timers run
  world.settle();
  CHECK(other->closed == close_reason::log_in_again);
  world.pass(31s);
  check_all_over(log);
}
