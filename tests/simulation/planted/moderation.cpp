#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forwarding.hpp"

#include <nlohmann/json.hpp>

namespace parley::simulation::planted {
namespace {

constexpr std::string_view lounge_prefix = "lounge/", over = "over ";

// Stands for a field that a state got without its snapshots getting a new schema: whoever recovers from one has
// forgotten who may not speak.
class snapshots_without_mutes final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    std::vector<append_request> changed{batch.begin(), batch.end()};
    for (auto& r : changed) {
      if (!r.snapshot || !r.snapshot->stream.text.starts_with(lounge_prefix)) continue;
      auto state = nlohmann::json::parse(r.snapshot->state);
      state["mutes"] = state["bans"] = nlohmann::json::array();
      r.snapshot->state = state.dump();
    }
    return real_.append(changed);
  }
};

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

bug forget_who_is_muted_in_snapshots() { return std::make_unique<over_log<snapshots_without_mutes>>(); }
bug end_mutes_at_once() { return std::make_unique<over_log<ends_at_once>>(); }

} // namespace parley::simulation::planted
