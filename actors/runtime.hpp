#pragma once
// What every entity's shell is given: the collaborators it speaks to and the few numbers it follows. Made once by the
// composition (production or simulation), outlives all actors.

#include "actors/log_port.hpp"
#include "actors/publisher.hpp"
#include "events/clock.hpp"

#include <chrono>

namespace parley {

class registry;
class session_directory;

/// Told of durable timers once they are durable; fires them when due (actors/processes/timers.hpp).
class alarm_clock {
public:
  virtual ~alarm_clock() = default;
  virtual void arm(time_point due) = 0;
};

/// Told that an entity whose events processes react to has written some (actors/processes/follower.hpp).
class follower_signal {
public:
  virtual ~follower_signal() = default;
  virtual void happened() = 0;
};

struct runtime {
  log_port& log;
  publisher& out;
  const clock_source& clock;
  registry& entities;
  session_directory& sessions;
  alarm_clock& alarms;
  follower_signal& follower;

  std::size_t snapshot_every = 256;                   ///< events between two snapshots of a stream
  std::chrono::milliseconds passivate_after{300'000}; ///< an entity nobody spoke to leaves memory
  std::chrono::milliseconds session_grace{30'000};
  std::chrono::milliseconds idempotency_lifetime{std::chrono::hours{24}};
  std::size_t stash_max = 4096; ///< requests waiting for one entity to recover
};

} // namespace parley
