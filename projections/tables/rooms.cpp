#include "projections/tables/rooms.hpp"

namespace parley {

void room_changes::fold(const record& r, const events::room_event& e) {
  auto& row = rows[room_id{std::string{r.stream.key()}}];
  row.version = r.version;
  if (const auto* room = std::get_if<events::room_opened>(&e)) {
    row.made = opened{*room, r.time, r.position};
    row.participants = 0;
  } else if (const auto* changed = std::get_if<events::room_changed>(&e)) {
    row.changed = *changed;
  } else if (const auto* in = std::get_if<events::joined>(&e)) {
    row.participants = in->participants;
  } else if (const auto* out = std::get_if<events::left>(&e)) {
    row.participants = out->participants;
  } else if (const auto* over = std::get_if<events::room_closed>(&e)) {
    row.participants = 0;
    row.closed = over->reason;
  }
}

} // namespace parley
