#include "actors/farewells.hpp"

#include <algorithm>

namespace parley {

void farewells::note(const stream_id& place, version hidden, client_port_ptr told) {
  forget(place);
  if (all_.size() >= farewells_max) all_.erase(all_.begin());
  all_.push_back({place, hidden, std::move(told), std::nullopt});
}

bool farewells::owe(const stream_id& place, version arrived, const client_port_ptr& client) {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const farewell& f) { return f.place == place; });
  if (found == all_.end()) return false;
  if (found->told && found->told != client) return true; // a connection of before: another one was told since
  found->told = nullptr;
  found->owed = std::max({arrived, found->hidden, found->owed.value_or(0)});
  return true;
}

void farewells::forget(const stream_id& place) {
  std::erase_if(all_, [&](const farewell& f) { return f.place == place; });
}

std::map<stream_id, version> farewells::take(const client_port_ptr& client) {
  std::map<stream_id, version> taken;
  for (auto& f : all_) {
    if (!f.owed) continue;
    taken.emplace(f.place, *f.owed);
    f.owed.reset();
    f.told = client;
  }
  return taken;
}

} // namespace parley
