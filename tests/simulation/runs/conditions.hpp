#pragma once
// What kind of machine, network and settings a seed means: each stresses something else. Pure.

#include "tests/simulation/machine/network.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"
#include "tests/simulation/runs/server.hpp"
#include "tests/simulation/runs/workload.hpp"

namespace parley::simulation {

/// What the disk does by itself, without any deed that asks for it.
[[nodiscard]] disk_faults disk_faults_of(fault_level level);
[[nodiscard]] network_conditions conditions_of(std::uint64_t seed);
/// Of the server's `life`, counted from 1: settings stay, the schedule and perhaps the machine's clock are others.
[[nodiscard]] server_setup setup_of(std::uint64_t seed, std::uint64_t life, fault_level faults);

} // namespace parley::simulation
