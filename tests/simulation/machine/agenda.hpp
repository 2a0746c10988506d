#pragma once
// What happens later: frames that arrive, commits that become durable, clients that act. Ordered by time, then by the
// order in which it was planned.

#include "events/assertion.hpp"

#include <chrono>
#include <functional>
#include <queue>
#include <vector>

namespace parley::simulation {

/// Virtual time since the run began.
using moment = std::chrono::microseconds;

class agenda {
public:
  [[nodiscard]] moment now() const { return now_; }

  void at(moment when, std::function<void()> what) { planned_.push({std::max(when, now_), ++count_, std::move(what)}); }
  void after(moment wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }

  [[nodiscard]] bool empty() const { return planned_.empty(); }
  /// When the next thing happens; nothing must be planned before it.
  [[nodiscard]] moment next() const { return planned_.top().when; }
  /// Time goes on to `to`, which is neither behind `next` nor before now.
  void advance(moment to) {
    PARLEY_ASSERT(to >= now_);
    now_ = to;
  }
  /// Does one thing that is due. False when nothing is.
  bool do_next() {
    if (planned_.empty() || planned_.top().when > now_) return false;
    auto what = std::move(const_cast<item&>(planned_.top()).what); // moved out of what is popped next
    planned_.pop();
    what();
    return true;
  }

private:
  struct item {
    moment when;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const item& other) const { return when != other.when ? when > other.when : order > other.order; }
  };
  moment now_{0};
  std::uint64_t count_ = 0;
  std::priority_queue<item> planned_;
};

} // namespace parley::simulation
