#pragma once
// Rooms that are both in their entities, which say who may look, and in the read models, which say what is seen.

#include "server.hpp"

namespace parley::gateway::testing {

/// What somebody does in a room over a WebSocket; each has one session.
inline void in_room(server& s, const room_id& room, const user_id& who, domain::room::command what) {
  domain::context by;
  by.now = s.clock.at, by.user = who, by.session = {"s_" + who.text}, by.name = who.text;
  request<domain::room> r{std::move(what), by, {}, {}, {}};
  r.respond = reply{[](const result<answer>& a) { REQUIRE(a.has_value()); }};
  s.entities.ask(make_stream(domain::room::family, room.text), std::move(r));
}

/// The one room that the read models show: `team-1`, opened as `as` says by `host`.
inline room_row& open_team_room(server& s, const user_id& host, domain::room::open as = {}) {
  as.id = {"team-1"}, as.display_id = "Team-1", as.capacity = 10;
  room_row row;
  row.id = as.id, row.display_id = as.display_id, row.history = as.history, row.host = host, row.capacity = as.capacity;
  row.guests = as.guests, row.admission = as.admission, row.created_at = s.clock.at, row.version = 9;
  in_room(s, row.id, host, std::move(as));
  s.reads.room_rows = {row};
  return s.reads.room_rows.front();
}

} // namespace parley::gateway::testing
