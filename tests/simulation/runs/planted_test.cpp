// The simulation can fail: each bug of planted/ is put in by the composition alone, and a claim notices it within a few
// seeds. Also that a failure can be made small, and that a run follows from its seed.

#include "tests/simulation/machine/guard.hpp"
#include "tests/simulation/planted/bugs.hpp"
#include "tests/simulation/runs/minimise.hpp"

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
  spdlog::set_level(spdlog::level::off); // it looks at the machine's clock
  run_options o;
  o.seed = seed;
  o.faults = faults;
  o.length = length;
  o.with = make;
  return o;
}

struct trial {
  planted::bug (*bug)();
  fault_level faults;               ///< the least that lets the bug show itself
  std::set<std::string> noticed_by; ///< one of these claims
  std::uint64_t seeds_max = 20;     ///< more than it took when this was written: other seeds will be the first one day
  moment length = 30s;
};

struct finding {
  std::uint64_t seed;
  outcome run;
};

/// The first seed from 1 on that violates a claim; none within the bound.
std::optional<finding> first_violation(const trial& t) {
  for (std::uint64_t seed = 1; seed <= t.seeds_max; ++seed) {
    const guard nothing_but_the_seed;
    auto result = run(options_of(seed, t.faults, t.length, t.bug));
    if (result.violated) return finding{seed, std::move(result)};
  }
  return std::nullopt;
}

void is_noticed(const trial& t) {
  const auto found = first_violation(t);
  if (!found) FAIL("no claim noticed it in " << t.seeds_max << " seeds");
  const auto& [claim, details] = *found->run.violated;
  std::cout << fmt::format("seed {}: {}: {}\n", found->seed, claim, details.substr(0, 100));
  INFO("seed " << found->seed << ": " << claim << ": " << details);
  CHECK(t.noticed_by.contains(claim));
}

const auto none = fault_level::none, some = fault_level::some, all = fault_level::all;

} // namespace

// --- the disk under the log -----------------------------------------------------------------------------------------

TEST_CASE("an acknowledgement before the sync is noticed") {
  is_noticed({planted::acknowledge_before_sync, some, {"what was durable survives a crash"}});
}
TEST_CASE("two appends that share a version are noticed") {
  is_noticed({planted::let_two_appends_share_a_version, none, {"versions of a stream have no gap"}});
}
TEST_CASE("a torn tail that is taken for whole is noticed") {
  is_noticed(
      {planted::accept_a_torn_tail, all, {"only a damaged log is refused", "the log takes writes once faults stop"}});
}

// --- the log as the actors see it -----------------------------------------------------------------------------------

TEST_CASE("a forgotten idempotency record is noticed") {
  is_noticed({planted::forget_the_idempotency_record, none, {"a repeated message changes nothing"}});
}
TEST_CASE("an idempotency record that a crash takes away is noticed") {
  is_noticed({planted::keep_the_idempotency_record_in_memory,
              some,
              {"a repeated message changes nothing", "a repeat gets the first answer"},
              20,
              2min});
}
TEST_CASE("a room's expiry that a crash takes away is noticed") {
  is_noticed({planted::lose_room_expiry_at_a_crash, some, {"a room closes when it expires"}});
}
TEST_CASE("a grace timer that ends a session twice is noticed") {
  is_noticed({planted::fire_the_grace_timer_twice, some, {"a session ends once, and then only leaves"}});
}
TEST_CASE("a snapshot that holds one event more than it says is noticed") {
  is_noticed({planted::snapshot_one_event_ahead, none, {"a snapshot says what its events say"}});
}
TEST_CASE("an alarm that nobody arms is noticed") {
  is_noticed({planted::forget_to_arm_the_alarm, none, {"what is due is done", "a room closes when it expires"}});
}

// --- what moderators did --------------------------------------------------------------------------------------------

TEST_CASE("a snapshot that forgets who is muted is noticed") {
  is_noticed(
      {planted::forget_who_is_muted_in_snapshots,
       some,
       {"nobody who is muted or banned is heard", "nobody who is banned comes in", "a mute or ban ends in time"}});
}
TEST_CASE("a mute that nobody ends is noticed") {
  is_noticed({planted::never_end_mutes, none, {"a mute or ban ends in time", "what is due is done"}});
}
TEST_CASE("a message that is written after its sender was muted is noticed") {
  is_noticed({planted::write_what_was_said_before_a_mute, none, {"nobody who is muted or banned is heard"}});
}

// --- what people do by twos -----------------------------------------------------------------------------------------

TEST_CASE("a calendar that forgets its bookings is noticed") {
  is_noticed({planted::forget_bookings_in_snapshots,
              some,
              {"bookings of a provider do not overlap", "a booking is asked for once",
               "a booking takes the steps there are", "every booking is settled", "what is due is done"},
              20,
              2min});
}
TEST_CASE("an amount that is written as another is noticed") {
  is_noticed({planted::write_another_amount, none, {"the books add up"}});
}
TEST_CASE("a second review of one booking is noticed") {
  is_noticed({planted::take_a_second_review, none, {"a completed booking has one review"}, 20, 3min});
}
TEST_CASE("a call that nobody answers and nothing ends is noticed") {
  is_noticed({planted::never_stop_ringing, none, {"what is due is done", "every call ends"}});
}
TEST_CASE("a call that ends twice is noticed") { is_noticed({planted::end_a_call_twice, none, {"a call ends once"}}); }
TEST_CASE("a process that begins at the end of the log is noticed") {
  is_noticed({planted::begin_errands_at_the_head,
              all,
              {"a direct message arrives at both", "every purchase ends", "every booking is settled",
               "what is on hold is for a booking", "every call ends", "nobody is busy with a call that is over"},
              20,
              2min});
}

// --- the projector's store ------------------------------------------------------------------------------------------

TEST_CASE("a projector that stores its position before its rows is noticed") {
  is_noticed({planted::store_the_position_before_the_rows, all, {"read models equal a fresh fold of the log"}});
}
TEST_CASE("a projector that skips an event after an error is noticed") {
  is_noticed({planted::skip_an_event_after_an_error, all, {"read models equal a fresh fold of the log"}});
}

// --- what clients are shown -----------------------------------------------------------------------------------------

TEST_CASE("what is published before its commit is noticed") {
  is_noticed({planted::publish_before_commit, none, {"nothing is published that is not in the log"}});
}
TEST_CASE("a resumption that begins one event too late is noticed") {
  is_noticed({planted::resume_off_by_one, none, {"nothing is missed"}});
}
TEST_CASE("a gap in what a lagging reader is given is noticed") {
  is_noticed({planted::refill_with_a_gap, none, {"nothing is missed"}});
}
TEST_CASE("what was sent and taken for arrived is noticed") {
  is_noticed({planted::take_what_was_sent_for_arrived, some, {"nothing is missed"}});
}
TEST_CASE("a room's end that nobody is told is noticed") {
  is_noticed({planted::forget_to_tell_the_end_of_a_room,
              some,
              {"who was in a room when it closed is shown its end"},
              20,
              1min});
}

// --- and what follows a failure -------------------------------------------------------------------------------------

TEST_CASE("a failure shrinks to the few operations that it takes") {
  const trial t{planted::forget_the_idempotency_record, none, {}};
  const auto found = first_violation(t);
  REQUIRE(found);
  const auto o = options_of(found->seed, t.faults, t.length, t.bug);
  const auto whole = plan(o.seed, o.length, o.faults);
  const auto claim = found->run.violated->claim;
  const auto kept = minimise(o, whole, claim, 1000, [](std::size_t) {});
  std::cout << fmt::format("{} of {} operations are left\n", kept.size(), whole.operations.size());
  CHECK(kept.size() <= 5); // connect, join, say, repeat, and one to spare
  const auto again = run(o, only(whole, kept));
  REQUIRE(again.violated);
  CHECK(again.violated->claim == claim);
}

TEST_CASE("the same seed is the same run, and another seed another one") {
  const auto with_seed = [](std::uint64_t seed) { return run(options_of(seed, all, 30s, nullptr)); };
  const auto first = with_seed(7), again = with_seed(7), other = with_seed(8);
  CHECK_FALSE(first.violated);
  CHECK(first.trace_hash == again.trace_hash);
  CHECK(first.steps == again.steps);
  CHECK(first.trace_hash != other.trace_hash);
}

TEST_CASE("a failing run fails the same way again") {
  const trial t{planted::publish_before_commit, none, {}};
  const auto first = first_violation(t);
  REQUIRE(first);
  const auto again = run(options_of(first->seed, t.faults, t.length, t.bug));
  REQUIRE(again.violated);
  CHECK(first->run.violated->details == again.violated->details);
  CHECK(first->run.trace_hash == again.trace_hash);
}
