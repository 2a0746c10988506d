#pragma once
// What a run is asked to do. Parsed from the command line, bounded there.

#include "tools/parley-load/run_options.hpp"

#include <cstdint>
#include <variant>

namespace parley::load {

/// What the server speaks: Parley in its own framing or in that of Socket.IO, or peer/server.mjs.
enum class protocol : std::uint8_t { native, socketio, peer };
enum class load_mode : std::uint8_t { closed_loop, fixed_rate, idle };
enum class outstanding_scope : std::uint8_t { room, run };

struct options : run_options {
  protocol speaks = protocol::native;

  load_mode mode = load_mode::closed_loop;
  std::uint32_t rooms = 1;
  std::uint32_t room_size = 2;
  std::uint32_t senders = 0; ///< a room; 0: as many as useful
  std::uint32_t outstanding = 64;
  outstanding_scope outstanding_per = outstanding_scope::room;
  double rate = 0;        ///< messages a second, in total
  std::uint32_t idle = 0; ///< connections
  std::uint32_t text_bytes = 64;
  bool acks = false;
  bool zero_mask = false;

  double connect_rate = 2000; ///< a second

  /// Idle connections stay outside of rooms; all others are in one.
  [[nodiscard]] std::uint32_t clients() const noexcept { return mode == load_mode::idle ? idle : rooms * room_size; }
};

/// Reads the command line. An int is the exit code of a program that has nothing to run (--help, or a refused value,
/// already explained on the terminal).
[[nodiscard]] std::variant<options, int> read_options(int argc, char const* const* argv);

} // namespace parley::load
