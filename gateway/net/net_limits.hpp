#pragma once
// The bounds of the network, copied from the settings by the composition; tests make them small.

#include "gateway/net/token_bucket.hpp"

#include <chrono>
#include <cstddef>

namespace parley::gateway {

struct net_limits {
  using duration = std::chrono::milliseconds;

  std::size_t connections_max = 20'000;
  std::size_t connections_per_address_max = 20'000;
  std::size_t addresses_max = 100'000; ///< remembered for rates; the longest unseen is forgotten first

  std::size_t header_bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
  std::size_t target_bytes_max = 8 * 1024;
  std::size_t parameters_max = 64; ///< in a query
  std::size_t body_bytes_max = 1024 * 1024;

  std::size_t frame_bytes_max = 128 * 1024; ///< one WebSocket message
  std::size_t queue_bytes_max = 1024 * 1024;
  std::size_t in_flight_max = 256;
  std::size_t bad_messages_max = 16; ///< that do not parse, before the connection is closed

  duration header_timeout{10'000};
  duration request_timeout{30'000}; ///< from its first byte to its last
  duration idle_http_timeout{60'000};
  duration ping_interval{25'000};
  duration pong_timeout{20'000};
  duration close_timeout{5'000};
  duration stall_timeout{120'000}; ///< a reader that takes nothing for so long is cut
  duration sweep_interval{1'000};  ///< how often each connection's deadlines are looked at

  bucket_rate connects_per_address{200, 2000};
  bucket_rate requests_per_address{500, 2000};
  bucket_rate messages_per_session{200, 400};
  double abuse_seconds = 10; ///< a session this many seconds' worth of messages over its rate is closed
};

} // namespace parley::gateway
