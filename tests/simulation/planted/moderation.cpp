#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

constexpr std::string_view lounges = "lounge", over = "over ";

void forget_mutes(nlohmann::json& s) { s["mutes"] = s["bans"] = nlohmann::json::array(); }

// Stands for a timer that is set, and that nobody looks for: a mute has no end.
class no_ends final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    auto due = real_.due_timers(until, limit);
    if (due) std::erase_if(*due, [](const timer& t) { return t.what.starts_with(over); });
    return due;
  }
};

} // namespace

bug forget_who_is_muted_in_snapshots() {
  return std::make_unique<over_log<forgetful_snapshots<lounges, forget_mutes>>>();
}
bug never_end_mutes() { return std::make_unique<over_log<no_ends>>(); }

} // namespace parley::simulation::planted
