#include "gateway/hub/partings.hpp"

namespace parley::gateway {

void partings::add(const stream_id& topic, version arrived, version at_ping, version last) {
  forget(topic);
  if (arrived >= last) return;
  if (all_.size() >= partings_max) all_.erase(all_.begin());
  all_.push_back({topic, arrived, at_ping, last});
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
