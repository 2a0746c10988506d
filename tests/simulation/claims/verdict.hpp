#pragma once
// What a run has shown so far: the first claim it violated, and how often each was checked. A checker that never ran
// proves nothing, so the counts are printed.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace parley::simulation {

struct violation {
  std::string claim;   ///< what must hold
  std::string details; ///< how it did not
};

class verdict {
public:
  /// `claim` is a literal: it is counted by its address, which is a tenth of the time of a run with many pushes.
  /// `details` is called when it does not hold. Only the first violation counts: what follows may follow from it.
  template <class Details>
  void check(std::string_view claim, bool holds, Details details) {
    auto& counted = counts_[claim.data()];
    counted.claim = claim;
    ++counted.checks;
    if (!holds && !violated_) violated_ = violation{std::string{claim}, details()};
  }

  [[nodiscard]] bool good() const { return !violated_; }
  [[nodiscard]] const std::optional<violation>& violated() const { return violated_; }
  [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> checks() const {
    std::map<std::string, std::uint64_t, std::less<>> all;
    for (const auto& [address, counted] : counts_) all[std::string{counted.claim}] += counted.checks;
    return all;
  }

private:
  struct count {
    std::string_view claim;
    std::uint64_t checks = 0;
  };
  std::optional<violation> violated_;
  std::unordered_map<const char*, count> counts_;
};

} // namespace parley::simulation
