#pragma once
// Runs the processes: follows the log from its stored position, and sends the errands of each event to their entities.
// Errands to one entity go one at a time, in the order of the log; those to different entities side by side, a bounded
// number of them. An errand that the log or the entity cannot take now is repeated until it can be; one that is refused
// for good (a 4xx) is over.
//
// The position is kept as the snapshot of the stream `process/follower`: everything up to it is dealt with. It is
// written about once a second, so after a crash some errands come again, which is harmless (process.hpp). One CAF
// actor; one that fails is replaced by a new one that starts from the stored position.

#include "actors/registry.hpp"
#include "actors/runtime.hpp"

#include <mutex>

namespace parley {

/// Where the follower keeps its position.
[[nodiscard]] inline stream_id follower_stream() { return make_stream("process", "follower"); }

/// Thread-safe. Used by the runtime it is started with, so it lives as long.
class follower_process final : public follower_signal {
public:
  /// Starts the actor, which does nothing before `begin`.
  void start(caf::actor_system& system, runtime& rt);
  void begin();
  void happened() override;
  void stop();

private:
  [[nodiscard]] caf::actor current();

  std::mutex mutex_;
  caf::actor actor_; ///< null: not started, or stopped
};

} // namespace parley
