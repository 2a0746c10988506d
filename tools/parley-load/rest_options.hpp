#pragma once
// What a run over REST is asked to do. Parsed from the command line, bounded there.

#include "tools/parley-load/run_options.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace parley::load {

enum class rest_load : std::uint8_t { bookings, deposits, purchases, reads };

struct rest_options : run_options {
  rest_load load = rest_load::bookings;
  std::string cast; ///< file: who takes part, and in what

  std::uint32_t in_flight = 64; ///< requests, each on a connection of its own
  std::uint32_t slots = 96;     ///< times of each service that the customers choose from
};

/// As read_options.
[[nodiscard]] std::variant<rest_options, int> read_rest_options(int argc, char const* const* argv);

[[nodiscard]] std::string_view name(rest_load what) noexcept;

} // namespace parley::load
