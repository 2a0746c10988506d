#include "gateway/bridge/write_positions.hpp"

#include <algorithm>

namespace parley::gateway {

void write_positions::wrote(const user_id& user, position at) {
  const std::lock_guard lock{mutex_};
  if (const auto known = by_user_.find(user); known != by_user_.end()) {
    known->second->at = std::max(known->second->at, at);
    recent_.splice(recent_.begin(), recent_, known->second);
    return;
  }
  recent_.push_front({user, at});
  by_user_.emplace(user, recent_.begin());
  if (by_user_.size() <= users_max) return;
  // Whoever is forgotten reads as of the newest write forgotten so far, which covers their own.
  floor_ = std::max(floor_, recent_.back().at);
  by_user_.erase(recent_.back().user);
  recent_.pop_back();
}

position write_positions::of(const user_id& user) const {
  const std::lock_guard lock{mutex_};
  const auto known = by_user_.find(user);
  return known == by_user_.end() ? floor_ : std::max(floor_, known->second->at);
}

} // namespace parley::gateway
