#pragma once
// What happened in a run: a hash over all of it, by which two runs are compared, and its last lines for whoever looks
// into a failure. A line is text that follows from the seed alone: no addresses, no clock of the machine.

#include "tests/simulation/machine/agenda.hpp"

#include <deque>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace parley::simulation {

class trace {
public:
  static constexpr std::size_t lines_kept = 200;

  /// All lines go to `out`, too; null: none does.
  explicit trace(const agenda& time, std::ostream* out)
    : time_{time}
    , out_{out} {}

  void note(std::string_view kind, std::string_view what);
  /// One step of the scheduler: hashed, not written.
  void step(std::uint64_t actor) {
    ++steps_;
    mix(actor);
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::deque<std::string> last_lines() const;

private:
  /// Kept as it came: few lines are ever read.
  struct line {
    moment at{};
    std::string kind, what;
  };
  [[nodiscard]] static std::string text_of(const line& l);
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15;
    hash_ ^= hash_ >> 29;
  }

  const agenda& time_;
  std::ostream* out_;
  std::uint64_t hash_ = 0x243f6a8885a308d3, steps_ = 0;
  std::vector<line> lines_; ///< a ring, the newest before `next_`
  std::size_t next_ = 0;
};

} // namespace parley::simulation
