#include "tests/simulation/runs/conditions.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

const time_point start = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

} // namespace

disk_faults disk_faults_of(fault_level level) {
  disk_faults f;
  if (level != fault_level::all) return f;
  f.write_fails = 500;
  f.sync_fails = 1000;
  f.reads_fail = 20;
  f.head_lost = f.head_torn = 150'000;
  f.wal_bit_flips = f.record_bit_flips = f.acknowledged_lost = 40'000;
  return f;
}

network_conditions conditions_of(std::uint64_t seed) {
  auto draw = chance::of(seed, "conditions");
  network_conditions c;
  c.delay_max = draw.between(1ms, 400ms);
  c.window_bytes = draw.between(200, 16'384);
  c.queue_bytes_max = draw.between(8'000, 64'000); // a page of refills fits in eight times the least
  c.in_flight_max = draw.between(1, 64);
  if (draw.one_in(2)) c.ping_interval = draw.between(1s, 10s);
  return c;
}

server_setup setup_of(std::uint64_t seed, std::uint64_t life, fault_level faults) {
  auto draw = chance::of(seed, "setup");
  server_setup s;
  s.seed = chance::of(seed, fmt::format("life {}", life)).next();
  s.start = start;
  // The machine that starts has another idea of the time than the one that crashed.
  auto clock = chance::of(seed, fmt::format("clock {}", life));
  if (faults == fault_level::all && clock.one_in(3)) s.start += std::chrono::milliseconds{clock.below(20'000)} - 10s;
  s.loops = draw.between(1, 3);
  s.snapshot_every = draw.between(2, 40);
  s.passivate_after = std::chrono::milliseconds{draw.between(500, 60'000)};
  s.session_grace = std::chrono::milliseconds{draw.between(2'000, 40'000)};
  s.commit_max = draw.between(200us, 60ms);
  s.read_max = draw.between(100us, 40ms);
  s.batch_max = draw.between(1, 64);
  s.hub.queue_bytes_max = conditions_of(seed).queue_bytes_max;
  s.hub.run_bytes = draw.between(500, 8'000);
  s.hub.refill_events = draw.between(1, 40);
  s.hub.refill_bytes = draw.between(2'000, 64'000);
  s.hub.refills_max = draw.between(1, 8);
  return s;
}

} // namespace parley::simulation
