// Seeds that found something, each under the levels of faults at which it did.

#include "tests/simulation/runs/world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace {

using namespace parley::simulation;
using namespace std::chrono_literals;

void holds(std::uint64_t seed, fault_level faults, std::chrono::minutes length = 1min) {
  run_options o;
  o.seed = seed;
  o.length = length;
  o.faults = faults;
  const auto result = run(o);
  INFO(result.violated.value_or(violation{}).claim << ": " << result.violated.value_or(violation{}).details);
  CHECK(!result.violated);
}

} // namespace

TEST_CASE("seed: who left before a crash is not brought back into the place") { holds(15, fault_level::all); }
TEST_CASE("seed: a join in the moment after coming back misses nothing") { holds(17, fault_level::some); }
TEST_CASE("seed: whose connection is replaced before it was missed is owed what it wanted") {
  holds(70, fault_level::some);
}
TEST_CASE("seed: a revocation whose commit was answered as failed cuts its sessions") { holds(246, fault_level::all); }
TEST_CASE("seed: projections outlast a disk that cannot be read for a moment") { holds(103, fault_level::all); }
TEST_CASE("seed: who was away over a crash in which its room expired is shown the end") {
  holds(58, fault_level::some);
}
TEST_CASE("seed: a room's end that had to be told again arrives whole") { holds(156, fault_level::all); }
TEST_CASE("seed: a timer that a failed commit left behind fires in time") { holds(236, fault_level::all); }
TEST_CASE("seed: whoever left at last and joined anew is owed what came since") { holds(1352, fault_level::all, 3min); }
TEST_CASE("seed: a place that looks back lets nobody go by what is not durable") { holds(50561, fault_level::all); }
TEST_CASE("seed: who started over is owed from there, also when its connection was taken over") {
  holds(40470, fault_level::all);
}
TEST_CASE("seed: who says what it has of a room that closed is shown the rest before a crash forgets it") {
  holds(493, fault_level::some);
}
TEST_CASE("seed: who was let go while away asks why until it is answered") { holds(11228, fault_level::some); }
TEST_CASE("seed: who was let in and let go before it was told asks again") { holds(60575, fault_level::some); }
TEST_CASE("seed: who asked to leave before it knew that it was in wants out") { holds(12476, fault_level::some); }
TEST_CASE("seed: who is told of its end from the middle has not all of it") { holds(101074, fault_level::all); }
TEST_CASE("seed: who was put out and came in again before it knew is told that it is in") {
  holds(325225213, fault_level::all);
}
TEST_CASE("seed: who left and came in again, unanswered, is shown the end of its first stay and then the next") {
  holds(325224191, fault_level::some);
}
TEST_CASE("seed: who is put out while it asks to come in again begins anew") { holds(410162, fault_level::some); }
