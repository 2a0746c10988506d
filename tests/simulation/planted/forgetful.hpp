#pragma once
// Stands for a field that is in a state's snapshots and forgotten by who reads them: whoever recovers from one does not
// know it any more.

#include "tests/simulation/planted/forwarding.hpp"

#include <nlohmann/json.hpp>

namespace parley::simulation::planted {

template <const std::string_view& Family, void (*Forget)(nlohmann::json& state)>
class forgetful_snapshots final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const override {
    auto found = real_.find_snapshot(stream);
    if (!found || !*found || stream.family() != Family) return found;
    auto state = nlohmann::json::parse((*found)->state);
    Forget(state);
    (*found)->state = state.dump();
    return found;
  }
};

} // namespace parley::simulation::planted
