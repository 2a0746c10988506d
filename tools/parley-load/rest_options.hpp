#pragma once
// What a run over REST is asked to do. Parsed from the command line, bounded there.

#include "tools/parley-load/options.hpp"

namespace parley::load {

enum class rest_load : std::uint8_t { bookings, deposits, purchases, reads };

struct rest_options {
  std::string host = "127.0.0.1"; ///< numeric IPv4
  std::uint16_t port = 8080;
  rest_load load = rest_load::bookings;
  std::string cast; ///< file: who takes part, and in what

  std::uint32_t in_flight = 64; ///< requests, each on a connection of its own
  std::uint32_t slots = 96;     ///< times of each service that the customers choose from

  duration<double> warmup{2};
  duration<double> seconds{10};
  duration<double> drain_max{5};
  duration<double> connect_timeout{20};

  pid_t server_pid = 0; ///< 0: none
  bool json = false;
  bool allow_remote = false;
};

/// As read_options.
[[nodiscard]] std::variant<rest_options, int> read_rest_options(int argc, char const* const* argv);

[[nodiscard]] std::string_view name(rest_load what) noexcept;

} // namespace parley::load
