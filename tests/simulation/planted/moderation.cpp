#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

constexpr std::string_view lounges = "lounge", over = "over ";

void forget_mutes(nlohmann::json& s) { s["mutes"] = s["bans"] = nlohmann::json::array(); }

// Stands for a timer that is set in the wrong unit: every end comes at once.
class ends_at_once final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    constexpr std::chrono::hours ahead{1};
    constexpr std::chrono::minutes look_ahead{1}; // as far as the timers' process looks
    auto due = real_.due_timers(until + ahead, limit);
    if (!due) return due;
    for (auto& t : *due)
      if (t.due > until && t.what.starts_with(over)) t.due = until - look_ahead;
    std::erase_if(*due, [&](const timer& t) { return t.due > until; });
    std::ranges::stable_sort(*due, {}, &timer::due);
    return due;
  }
};

} // namespace

bug forget_who_is_muted_in_snapshots() {
  return std::make_unique<over_log<forgetful_snapshots<lounges, forget_mutes>>>();
}
bug end_mutes_at_once() { return std::make_unique<over_log<ends_at_once>>(); }

} // namespace parley::simulation::planted
