#pragma once
// How often one connection may say where it is: once a second, a few at once after a silence. Pure; time comes in with
// each call, and a clock that was set back costs no more than the few.

#include "events/clock.hpp"

#include <algorithm>

namespace parley::gateway {

class location_budget {
public:
  static constexpr std::chrono::seconds every{1};
  static constexpr int at_once = 5;

  [[nodiscard]] bool take(time_point now) noexcept {
    due_ = std::clamp<time_point>(due_, now - (at_once - 1) * every, now + every);
    if (due_ > now) return false;
    due_ += every;
    return true;
  }

private:
  time_point due_{}; ///< of the next, were they sent evenly
};

} // namespace parley::gateway
