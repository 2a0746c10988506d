#pragma once
// Actors of one's own in one thread, under the step scheduler and its virtual clock. Which of them is next is drawn
// from the seed (0: first come, first served), so that a run can be repeated exactly.
//
//   stage on{seed};
//   const auto sale = on.spawn<auction>(sold_to);
//   on.tell(sale, "ann"s, 5);
//   on.pass(10s);
//
// At the end the actors that are left are told to go, so what they refer to must be there still: declare it before the
// stage. One thread, the test's.

#include "tests/support/actors/step_scheduler.hpp"

namespace parley::test {

class stage {
public:
  explicit stage(std::uint64_t seed = 0);
  ~stage();
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// `Actor` is a class (CAF 0.17's spawn of a function without arguments dereferences null); its constructor takes a
  /// `caf::actor_config&` and `args`. It has not begun yet: `run` lets it.
  template <class Actor, class... Args>
  caf::actor spawn(Args&&... args) {
    return cast_.emplace_back(caf::actor_cast<caf::actor>(system_.spawn<Actor>(std::forward<Args>(args)...)));
  }
  template <class... Message>
  void tell(const caf::actor& whom, Message&&... message) {
    caf::anon_send(whom, std::forward<Message>(message)...);
  }

  /// Until no actor has a message.
  void run();
  /// Lets time pass, with all that falls due in it, one after the other.
  void pass(std::chrono::nanoseconds time);

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] step_scheduler& scheduler() { return *scheduler_; }
  [[nodiscard]] const step_scheduler& scheduler() const { return *scheduler_; }

private:
  static caf::actor_system_config& prepare(caf::actor_system_config& config, step_scheduler*& scheduler,
                                           std::uint64_t seed);

  step_scheduler* scheduler_ = nullptr; // the system's own
  caf::actor_system_config config_;
  caf::actor_system system_;
  std::vector<caf::actor> cast_;
};

} // namespace parley::test
