#pragma once
// What the tests of sessions and timers share: a few places, and who is where at the end.

#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {

inline const stream_id hall{"room/hall"}, den{"room/den"}, bar{"lounge/bar"};
inline const stream_id s1{"session/s1"};
using lines = std::vector<std::string>;

inline void answer_reads(actor_world& world) {
  world.run();
  while (world.log().answer_read()) world.run();
}

/// Everybody left, nothing is owed, no timer stands.
inline void check_all_over(const memory_log& log) {
  CHECK(wrong_with_membership(log) == "");
  for (const auto& place : {hall, den, bar}) CHECK(members_of(log, place).empty());
  CHECK(log.due_timers(time_point::max() - std::chrono::milliseconds{1}, 10)->empty());
  CHECK(log.restart_timers({}, 10)->empty());
}

/// Ann comes, on session s1, and enters the hall.
inline world_client_ptr ann_in_hall(actor_world& world) {
  auto ann = world.connect("s1", "ann");
  ann->join(hall);
  world.settle();
  return ann;
}

/// The same with an account, and a login of hers that is in force.
inline world_client_ptr ann_signed_in(actor_world& world) {
  world.sign_up("ann", "l1");
  world.settle();
  auto ann = world.connect("s1", "ann", "l1");
  ann->join(hall);
  world.settle();
  return ann;
}

/// She is in the hall and has said three things there, which bring it to seq 5.
inline world_client_ptr ann_talking(actor_world& world) {
  auto ann = ann_in_hall(world);
  for (int i = 0; i < 3; ++i) ann->say(hall, "hello");
  world.settle();
  return ann;
}

/// A room of one place, in which ben is already.
inline world_client_ptr fill_den(actor_world& world) {
  domain::room::open small;
  small.id = {"den"};
  small.capacity = 1;
  world.ask<domain::room>(den, small, caller("host"));
  const auto ben = world.connect("s2", "ben");
  ben->join(den);
  world.settle();
  return ben;
}

/// The bar's host puts ann out.
inline outcome_slot kick_ann(actor_world& world) {
  domain::lounge::moderate kick;
  kick.id = {"a1"};
  kick.action = "kick";
  kick.target = "ann";
  kick.reason = "noise";
  return world.ask<domain::lounge>(bar, kick, caller("host"));
}

inline actor_world::options later(std::chrono::milliseconds time) {
  actor_world::options chosen;
  chosen.start = noon + time;
  return chosen;
}

} // namespace parley::test
