#pragma once
// The bounds and times of Engine.IO sessions; a handshake tells the client some of them.

#include <chrono>
#include <cstddef>

namespace parley::gateway::engineio {

struct limits {
  using duration = std::chrono::milliseconds;

  duration ping_interval{25'000};            ///< from a pong to the next ping
  duration ping_timeout{20'000};             ///< for the pong
  duration upgrade_timeout{10'000};          ///< from polling to a WebSocket
  std::size_t payload_bytes_max = 1'000'000; ///< one message, or one payload of polling
  std::size_t packets_max = 4096;            ///< in one payload
  std::size_t queue_bytes_max = 1024 * 1024; ///< for a poll that does not come, before its client lags
};

} // namespace parley::gateway::engineio
