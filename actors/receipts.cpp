#include "actors/receipts.hpp"

#include <algorithm>

namespace parley {

void receipts::serve(const client_port_ptr& client) { turns_[client] = ++turn_; }

void receipts::report(const client_port_ptr& client, const stream_id& place, version arrived) {
  const auto served = turns_.find(client);
  const auto turn = served == turns_.end() ? 0 : served->second; // 0: an earlier actor of the session served it
  auto& r = all_[place];
  if (turn < r.since) return;
  // The connection of now may have started over from less; of one before it only what is more counts.
  r.seq = turn != 0 && turn == turn_ ? arrived : std::max(arrived, r.seq.value_or(0));
}

void receipts::has(const stream_id& place, version seq) { all_[place] = {seq, turn_}; }

void receipts::wants(const stream_id& place, version after) {
  auto& r = all_[place];
  r.since = turn_;
  if (r.seq) r.seq = after;
}

std::optional<version> receipts::of(const stream_id& place) const {
  const auto found = all_.find(place);
  return found == all_.end() ? std::nullopt : found->second.seq;
}

void receipts::keep_only(const std::set<stream_id>& places) {
  std::erase_if(all_, [&](const auto& entry) { return !places.contains(entry.first); });
}

} // namespace parley
