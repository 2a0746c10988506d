#pragma once
// Durable timers: reads what is due from the log and fires it at its entity, until the entity's own commit (or ours)
// takes the timer away. On start it first fires the timers of the restart: sessions of an earlier run lost their
// connection with it. One CAF actor; holds nothing but what it is firing just now, so one that fails is replaced by a
// new one that looks into the log.

#include "actors/registry.hpp"
#include "actors/runtime.hpp"

#include <mutex>

namespace parley {

/// Thread-safe. Used by the runtime it is started with, so it lives as long.
class timers_process final : public alarm_clock {
public:
  /// Starts the actor, which does nothing before `begin`.
  void start(caf::actor_system& system, runtime& rt);
  void begin();
  void arm(time_point due) override;
  void stop();

private:
  [[nodiscard]] caf::actor current();

  std::mutex mutex_;
  caf::actor actor_; ///< null: not started, or stopped
};

} // namespace parley
