#pragma once
// What one session may send: messages over its rate are refused, and whoever keeps on sending them is closed. Pure.

#include "gateway/net/net_limits.hpp"

namespace parley::gateway {

class message_rate {
public:
  using time = token_bucket::time;

  message_rate(const net_limits& limits, time now)
    : bucket_{limits.messages_per_session, now} {}

  /// One more message; false when it is over the rate.
  [[nodiscard]] bool take(const net_limits& limits, time now) noexcept {
    if (!bucket_.take(limits.messages_per_session, now)) {
      excess_ += 1;
      return false;
    }
    if (bucket_.tokens() >= limits.messages_per_session.burst / 2) excess_ = 0;
    return true;
  }
  [[nodiscard]] bool is_abused(const net_limits& limits) const noexcept {
    return excess_ > limits.abuse_seconds * limits.messages_per_session.per_second;
  }
  [[nodiscard]] int retry_after_s(const net_limits& limits) const noexcept {
    return bucket_.retry_after_s(limits.messages_per_session);
  }

private:
  token_bucket bucket_;
  double excess_ = 0; // messages over the rate, until the session has behaved for a while
};

} // namespace parley::gateway
