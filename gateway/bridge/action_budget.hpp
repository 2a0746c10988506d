#pragma once
// How often one connection may do something that costs others more than it: so many in a period, a few at once after a
// silence. Pure; time comes in with each call, and a clock that was set back costs no more than the few.

#include "events/clock.hpp"

#include <algorithm>

namespace parley::gateway {

class action_budget {
public:
  struct rate {
    std::chrono::milliseconds every;
    int at_once;
  };
  explicit constexpr action_budget(rate r) noexcept
    : rate_{r} {}

  [[nodiscard]] bool take(time_point now) noexcept {
    due_ = std::clamp<time_point>(due_, now - (rate_.at_once - 1) * rate_.every, now + rate_.every);
    if (due_ > now) return false;
    due_ += rate_.every;
    return true;
  }

private:
  rate rate_;
  time_point due_{}; ///< of the next, were they sent evenly
};

/// The other party of a booking is told each.
inline constexpr action_budget::rate location_rate{std::chrono::seconds{1}, 5};
/// Each is answered with everybody who is present. A client that comes back joins all its places at once.
inline constexpr action_budget::rate join_rate{std::chrono::milliseconds{200}, 100};

} // namespace parley::gateway
