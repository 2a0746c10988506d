#include "gateway/net/liveness.hpp"

#include <cstring>

namespace parley::gateway {

void liveness::begin(time now, const net_limits& limits) noexcept {
  next_ping_ = now + limits.ping_interval;
  last_progress_ = now;
}

liveness::verdict liveness::look(const sight& now_seen, time now, const net_limits& limits) noexcept {
  if (now_seen.sent != last_sent_ || now_seen.unacknowledged < last_unacknowledged_ ||
      (now_seen.queue_empty && !awaiting_pong_)) {
    last_sent_ = now_seen.sent;
    last_unacknowledged_ = now_seen.unacknowledged;
    last_progress_ = now;
  }
  const auto still = now - last_progress_;
  if (!now_seen.queue_empty && still > limits.stall_timeout) return verdict::cut;
  // Where we do not read, or the ping may still be in our own queue, a missing pong proves nothing.
  if (awaiting_pong_ && now_seen.queue_empty && !now_seen.paused && still > limits.pong_timeout) return verdict::cut;
  return !awaiting_pong_ && now >= next_ping_ ? verdict::ping : verdict::well;
}

liveness::ping_frame liveness::ping(time now, const net_limits& limits) noexcept {
  constexpr char final_ping = static_cast<char>(0x89);
  ++ping_number_;
  ping_frame frame{final_ping, static_cast<char>(sizeof ping_number_)};
  std::memcpy(frame.data() + 2, &ping_number_, sizeof ping_number_);
  awaiting_pong_ = true;
  last_unacknowledged_ = 0; // the next sweep notes what is on its way
  last_progress_ = now;
  next_ping_ = now + limits.ping_interval;
  return frame;
}

bool liveness::take_pong(std::string_view payload) noexcept {
  std::uint32_t number = 0;
  if (!awaiting_pong_ || payload.size() != sizeof number) return false;
  std::memcpy(&number, payload.data(), sizeof number);
  if (number != ping_number_) return false;
  awaiting_pong_ = false;
  return true;
}

} // namespace parley::gateway
