#pragma once
// What a load message's text carries: enough to know, from the text alone, whose it is, which one, and when it was (or
// should have been) sent. Printable ASCII without quotes or backslashes, so that no JSON writer changes it and it can
// be found in a frame by its bytes.
//
//   plmsg~ RRRRRRRR SSSSSSSS NNNNNNNN TTTTTTTTTTTTTTTT .....
//   mark   run      sender   number   sent (ns)        filler up to the wanted size; hexadecimal, no spaces

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::load {

struct stamp {
  std::uint32_t run = 0;    ///< this run's random number: a message of another run is not ours
  std::uint32_t sender = 0; ///< the sending client
  std::uint32_t number = 0; ///< the sender's messages, from 0, without gaps
  std::chrono::nanoseconds sent{0};

  static constexpr std::string_view mark = "plmsg~";
  static constexpr std::size_t bytes = mark.size() + 8 + 8 + 8 + 16;

  bool operator==(stamp const&) const = default;
};

/// Writes stamp::bytes characters to `out`.
void write_stamp(char* out, stamp const& value) noexcept;

/// Reads the stamp at the start of `text`; nothing when there is none.
[[nodiscard]] std::optional<stamp> read_stamp(std::string_view text) noexcept;

} // namespace parley::load
