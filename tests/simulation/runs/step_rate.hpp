#pragma once
// How fast the scheduler is by itself: actors that do nothing but pass a message on. What a run of the simulation does
// in its steps, and what its checkers do beside them, comes on top.

#include <chrono>
#include <cstdint>

namespace parley::simulation {

/// Lets `actors` (at least 1) pass a message each to a neighbour, `steps` times in all; how long it took.
[[nodiscard]] std::chrono::duration<double> time_of_steps(std::size_t actors, std::uint64_t steps);

} // namespace parley::simulation
