#pragma once
// Stands for a field that a state got without its snapshots getting a new schema: whoever recovers from one has
// forgotten it.

#include "tests/simulation/planted/forwarding.hpp"

#include <nlohmann/json.hpp>

namespace parley::simulation::planted {

template <const std::string_view& Family, void (*Forget)(nlohmann::json& state)>
class forgetful_snapshots final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    std::vector<append_request> changed{batch.begin(), batch.end()};
    for (auto& r : changed) {
      if (!r.snapshot || r.snapshot->stream.family() != Family) continue;
      auto state = nlohmann::json::parse(r.snapshot->state);
      Forget(state);
      r.snapshot->state = state.dump();
    }
    return real_.append(changed);
  }
};

} // namespace parley::simulation::planted
