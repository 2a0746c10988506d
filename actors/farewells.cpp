#include "actors/farewells.hpp"

namespace parley {

void farewells::note(const stream_id& place, version hidden, version last, client_port_ptr told) {
  forget(place);
  if (all_.size() >= farewells_max) all_.erase(all_.begin());
  all_.push_back({place, hidden, last, std::move(told), std::nullopt});
}

bool farewells::owe(const stream_id& place, version arrived, const client_port_ptr& client) {
  const auto found = find(place);
  if (found == all_.end()) return false;
  if (found->waived) return true;
  if (found->told && found->told != client) return true; // a connection of before: another one was told since
  found->told = nullptr;
  found->owed = std::max({arrived, found->hidden, found->owed.value_or(0)});
  return true;
}

void farewells::claim(const stream_id& place, version after, const client_port_ptr& client) {
  const auto found = find(place);
  if (found == all_.end() || found->waived || found->told == client) return;
  found->told = nullptr;
  found->owed = std::max(after, found->hidden);
}

void farewells::forget(const stream_id& place) {
  std::erase_if(all_, [&](const farewell& f) { return f.place == place; });
}

void farewells::waive(const stream_id& place) {
  note(place, 0, 0, nullptr);
  all_.back().waived = true;
}

std::map<stream_id, farewells::rest> farewells::take(const client_port_ptr& client) {
  std::map<stream_id, rest> taken;
  for (auto& f : all_) {
    if (!f.owed) continue;
    taken.emplace(f.place, rest{*f.owed, f.last});
    f.owed.reset();
    f.told = client;
  }
  return taken;
}

} // namespace parley
