#pragma once
// CAF's scheduler on the io loops: an actor's jobs run at the end of a loop's turn, each entity at home on one loop, so
// that a command goes from the socket to the log writer without changing threads, and all of a turn's commands share a
// commit. Calls from other threads (the log writer, reader pools) go through a locked queue and one wake-up a turn.
//
// Installed as a module: cfg.module_factories.emplace_back([&](auto& s) { return new turn_scheduler{s, loops}; }).
// The loops outlive the actor system and add `drain` of their index to their turn-end hooks.

#include "gateway/bridge/turn_clock.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>
#include <memory>
#include <span>
#include <vector>

namespace parley::gateway {

class turn_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  static constexpr std::size_t messages_per_job = 300; ///< then the next actor has its turn
  static constexpr int jobs_per_drain = 4096;          ///< then the loop looks at its sockets again

  turn_scheduler(caf::actor_system& system, std::span<io_loop* const> loops);
  ~turn_scheduler() override;

  /// Runs the jobs of one loop, on that loop. True when it ran any.
  bool drain(std::size_t loop);

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }

protected:
  void start() override;
  void stop() override;
  void enqueue(caf::resumable* job) override;

private:
  class home;
  home& home_of(caf::resumable* job);

  turn_clock clock_;
  std::vector<std::unique_ptr<home>> homes_; // one a loop
};

} // namespace parley::gateway
