#pragma once
// What parley-sim prints: progress while it runs, totals at the end, and of a failing run all that one needs to look
// into it.

#include "tests/simulation/runs/minimise.hpp"

#include <chrono>
#include <iosfwd>

namespace parley::simulation {

/// What all runs came to.
class totals {
public:
  void add(const outcome& o);
  void print(std::ostream& out, std::chrono::duration<double> took) const;
  /// One line that replaces the one before, on a terminal.
  [[nodiscard]] std::string progress(std::uint64_t seed, std::uint64_t last) const;
  [[nodiscard]] std::uint64_t runs() const { return runs_; }

private:
  std::uint64_t runs_ = 0, steps_ = 0, hash_ = 0;
  position events_ = 0;
  moment virtual_time_{};
  std::map<std::string, std::uint64_t> faults_;
  std::map<std::string, std::uint64_t, std::less<>> checks_;
};

/// The claim, how it was violated, the last lines and the command that replays it. `kept`: the operations of a smaller
/// workload that violates the same claim.
void print_failure(std::ostream& out, const run_options& o, const outcome& failed, const workload& all,
                   const std::optional<chosen>& kept);

} // namespace parley::simulation
