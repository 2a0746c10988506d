#pragma once
// What a run has shown so far: the first claim it violated, and how often each was checked. A checker that never ran
// proves nothing, so the counts are printed.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace parley::simulation {

struct violation {
  std::string claim;   ///< what must hold
  std::string details; ///< how it did not
};

class verdict {
public:
  /// `details` is called when the claim does not hold. Only the first violation counts: what follows may follow from
  /// it.
  template <class Details>
  void check(std::string_view claim, bool holds, Details details) {
    const auto at = checks_.find(claim);
    ++(at != checks_.end() ? at->second : checks_.emplace(claim, 0).first->second);
    if (!holds && !violated_) violated_ = violation{std::string{claim}, details()};
  }

  [[nodiscard]] bool good() const { return !violated_; }
  [[nodiscard]] const std::optional<violation>& violated() const { return violated_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& checks() const { return checks_; }

private:
  std::optional<violation> violated_;
  std::map<std::string, std::uint64_t, std::less<>> checks_;
};

} // namespace parley::simulation
