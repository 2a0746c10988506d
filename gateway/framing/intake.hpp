#pragma once
// What one client may send, whatever its framing: so many messages a second, so many unanswered at once, so many that
// are none. Used on the connection's loop; the totals are shared by all.

#include "gateway/net/message_rate.hpp"

#include <atomic>
#include <cstdint>

namespace parley::gateway {

/// Messages of all clients since the start.
struct intake_totals {
  std::atomic<std::uint64_t> rate_limited = 0, malformed = 0;
};

class intake {
public:
  using time = message_rate::time;
  enum class verdict {
    take,
    refuse, ///< answer with errc::rate_limited, `retry_after_s`
    close   ///< it does not stop: close_code::slow_down
  };

  intake(const net_limits& limits, intake_totals& totals, time now)
    : limits_{limits}
    , totals_{totals}
    , rate_{limits, now} {}

  /// One more message or ping came.
  [[nodiscard]] verdict take(time now) {
    if (rate_.take(limits_, now)) return verdict::take;
    ++totals_.rate_limited;
    return rate_.is_abused(limits_) ? verdict::close : verdict::refuse;
  }
  [[nodiscard]] int retry_after_s() const noexcept { return rate_.retry_after_s(limits_); }
  /// A message was none. False: too many of them, close.
  [[nodiscard]] bool forgive_malformed() {
    ++totals_.malformed;
    return ++malformed_ <= limits_.bad_messages_max;
  }

  /// A message is with the session, and is answered there.
  void sent() noexcept { ++in_flight_; }
  void answered() noexcept {
    if (in_flight_ > 0) --in_flight_;
  }
  [[nodiscard]] bool has_credit() const noexcept { return in_flight_ < limits_.in_flight_max; }

private:
  const net_limits& limits_;
  intake_totals& totals_;
  message_rate rate_;
  std::size_t in_flight_ = 0, malformed_ = 0;
};

} // namespace parley::gateway
