#pragma once
// Whether a WebSocket client is still there: when to ping it, and when it has been silent, or taken nothing, for too
// long. Pure; time comes in with each call.

#include "gateway/net/net_limits.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace parley::gateway {

class liveness {
public:
  using time = std::chrono::steady_clock::time_point;
  using ping_frame = std::array<char, 2 + sizeof(std::uint32_t)>;

  enum class verdict { well, ping, cut };

  /// What the connection looks like at a sweep.
  struct sight {
    std::uint64_t sent = 0;  ///< bytes that the kernel took so far
    int unacknowledged = 0;  ///< of them, not yet acknowledged; looked at only while a pong is awaited
    bool queue_empty = true; ///< the kernel took all there was
    bool paused = false;     ///< we do not read now: a pong would not be seen
  };

  /// The handshake is over.
  void begin(time now, const net_limits& limits) noexcept;
  [[nodiscard]] verdict look(const sight& now_seen, time now, const net_limits& limits) noexcept;

  /// The frame of the ping that goes out now (RFC 6455 section 5.5.2).
  [[nodiscard]] ping_frame ping(time now, const net_limits& limits) noexcept;
  /// True for the pong of the ping that is out.
  [[nodiscard]] bool take_pong(std::string_view payload) noexcept;
  [[nodiscard]] bool awaits_pong() const noexcept { return awaiting_pong_; }

private:
  time next_ping_, last_progress_; // when bytes last moved, or the ping was sent
  std::uint64_t last_sent_ = 0;
  int last_unacknowledged_ = 0;
  std::uint32_t ping_number_ = 0;
  bool awaiting_pong_ = false;
};

} // namespace parley::gateway
