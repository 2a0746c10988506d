#include "gateway/hub/partings.hpp"

#include <algorithm>

namespace parley::gateway {

void partings::add(const stream_id& topic, version arrived, version at_ping, version last) {
  forget(topic);
  if (arrived >= last) return;
  if (all_.size() >= partings_max) all_.erase(all_.begin());
  all_.push_back({topic, arrived, at_ping, last});
}

std::optional<partings::certainty> partings::take(const stream_id& topic) {
  const auto found = std::ranges::find(all_, topic, &parting::topic);
  if (found == all_.end()) return std::nullopt;
  const certainty sure{found->arrived, found->at_ping};
  all_.erase(found);
  return sure;
}

void partings::forget(const stream_id& topic) {
  std::erase_if(all_, [&](const parting& p) { return p.topic == topic; });
}

void partings::pinged() noexcept {
  for (auto& p : all_) p.at_ping = p.last;
}

void partings::ponged() noexcept {
  for (auto& p : all_) p.arrived = p.at_ping;
  std::erase_if(all_, [](const parting& p) { return p.arrived >= p.last; });
}

void partings::report(std::map<stream_id, version>& arrived) const {
  for (const auto& p : all_) arrived.emplace(p.topic, p.arrived);
}

} // namespace parley::gateway
