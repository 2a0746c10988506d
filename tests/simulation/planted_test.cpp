// The simulation can fail: each bug of planted/ is put in by the composition alone, and a claim notices it within a few
// seeds. Also that a failure can be made small, and that a run follows from its seed.

#include "tests/simulation/minimise.hpp"
#include "tests/simulation/planted/bugs.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>
#include <iostream>
#include <set>
#include <spdlog/spdlog.h>

using namespace parley::simulation;
using namespace std::chrono_literals;
namespace planted = parley::simulation::planted;

namespace {

run_options options_of(std::uint64_t seed, fault_level faults, moment length, planted::bug (*make)()) {
  spdlog::set_level(spdlog::level::off); // planted bugs are spoken of at length
  run_options o;
  o.seed = seed;
  o.faults = faults;
  o.length = length;
  o.with = make;
  return o;
}

struct trial {
  planted::bug (*bug)();
  fault_level faults; ///< the least that lets the bug show itself
  moment length;
  std::uint64_t seeds_max;
  std::set<std::string> noticed_by; ///< one of these claims
};

/// Runs seeds from 1 on until a claim is violated.
void is_noticed(const trial& t) {
  for (std::uint64_t seed = 1; seed <= t.seeds_max; ++seed) {
    const auto result = run(options_of(seed, t.faults, t.length, t.bug));
    if (!result.violated) continue;
    INFO("seed " << seed << ": " << result.violated->claim << ": " << result.violated->details);
    std::cout << fmt::format("seed {:>2}: {} ({})\n", seed, result.violated->claim, result.violated->details);
    CHECK(t.noticed_by.contains(result.violated->claim));
    return;
  }
  FAIL("no claim noticed it in " << t.seeds_max << " seeds");
}

} // namespace

TEST_CASE("an acknowledgement before the sync is noticed") {
  is_noticed({planted::acknowledge_before_sync, fault_level::some, 30s, 20, {"x"}});
}
TEST_CASE("two appends that share a version are noticed") {
  is_noticed({planted::let_two_appends_share_a_version, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("a torn tail that is taken for whole is noticed") {
  is_noticed({planted::accept_a_torn_tail, fault_level::all, 30s, 20, {"x"}});
}
TEST_CASE("a forgotten idempotency record is noticed") {
  is_noticed({planted::forget_the_idempotency_record, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("an idempotency record that a crash takes away is noticed") {
  is_noticed({planted::keep_the_idempotency_record_in_memory, fault_level::some, 30s, 20, {"x"}});
}
TEST_CASE("a room's expiry that a crash takes away is noticed") {
  is_noticed({planted::lose_room_expiry_at_a_crash, fault_level::some, 30s, 20, {"x"}});
}
TEST_CASE("a grace timer that ends a session twice is noticed") {
  is_noticed({planted::fire_the_grace_timer_twice, fault_level::some, 30s, 20, {"x"}});
}
TEST_CASE("a snapshot that holds one event more than it says is noticed") {
  is_noticed({planted::snapshot_one_event_ahead, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("an alarm that nobody arms is noticed") {
  is_noticed({planted::forget_to_arm_the_alarm, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("a projector that stores its position before its rows is noticed") {
  is_noticed({planted::store_the_position_before_the_rows, fault_level::all, 30s, 20, {"x"}});
}
TEST_CASE("a projector that skips an event after an error is noticed") {
  is_noticed({planted::skip_an_event_after_an_error, fault_level::all, 30s, 20, {"x"}});
}
TEST_CASE("what is published before its commit is noticed") {
  is_noticed({planted::publish_before_commit, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("a resumption that begins one event too late is noticed") {
  is_noticed({planted::resume_off_by_one, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("a gap in what a lagging reader is given is noticed") {
  is_noticed({planted::refill_with_a_gap, fault_level::none, 30s, 20, {"x"}});
}
TEST_CASE("a pong that vouches for what came after its ping is noticed") {
  is_noticed({planted::believe_a_pong_too_much, fault_level::some, 120s, 300, {"x"}});
}
