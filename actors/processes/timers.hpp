#pragma once
// Durable timers: reads what is due from the log and fires it at its entity, until the entity's own commit (or ours)
// takes the timer away. On start it first fires the timers of the restart: sessions of an earlier run lost their
// connection with it. One CAF actor; holds nothing but what it is firing just now.

#include "actors/registry.hpp"
#include "actors/runtime.hpp"

#include <set>

namespace parley {

/// Starts the process; it begins when it gets `tick_atom`.
caf::actor spawn_timers(caf::actor_system& system, runtime& rt);

/// Wakes the process for timers set from now on.
class timers_clock final : public alarm_clock {
public:
  void run_with(caf::actor timers) { timers_ = std::move(timers); }
  void arm(time_point due) override;
  void stop() { timers_ = nullptr; }

private:
  caf::actor timers_;
};

} // namespace parley
