#pragma once
// CAF's scheduler for tests and the simulation: one thread, one message at a time, a clock that only moves when told.
// Which actor is next is drawn from a seed (seed 0: first come, first served), so a run can be repeated exactly.
//
// Installed as a module; owned by the actor system:
//   config.module_factories.emplace_back([](caf::actor_system& s) { return new step_scheduler{s, seed}; });

#include "tests/support/seeded.hpp"

#include <caf/all.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <optional>
#include <vector>

namespace parley::test {

class step_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  step_scheduler(caf::actor_system& system, std::uint64_t seed);

  /// Lets one actor handle one message. False when none has any.
  bool step();
  /// Calls `around` with each step from now on: the actor (null: none) and what lets it handle its message.
  using surrounding = std::function<void(const caf::abstract_actor*, const std::function<void()>& run)>;
  void surround(surrounding around) { around_ = std::move(around); }
  /// How long until the next delayed message; none when there is none.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_delay() const;
  /// Lets time pass and delivers what came due.
  void pass(std::chrono::nanoseconds time);
  /// Since the start.
  [[nodiscard]] std::chrono::nanoseconds elapsed() const;

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }

protected:
  void start() override;
  void stop() override;
  void enqueue(caf::resumable* job) override { jobs_.push_back(job); }

private:
  class turn;
  void resume(caf::resumable* job);

  caf::detail::test_actor_clock clock_;
  caf::actor_clock::time_point began_;
  std::vector<caf::resumable*> jobs_;
  const bool in_order_;
  surrounding around_;
  seeded random_;
};

} // namespace parley::test
