#pragma once
// Read model: rooms, and the meetings among them (from `room/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct room_changes {
  struct opened {
    events::room_opened event;
    time_point at;
    parley::position position = 0; ///< of the opening: orders a host's meetings
  };
  struct change {
    std::optional<opened> made;                  ///< a row to write; else the row exists already
    std::optional<events::room_changed> changed; ///< its last title and time; applied after `made`
    std::optional<std::uint32_t> participants;
    std::optional<std::string> closed;
    parley::version version = 0;
  };
  std::map<room_id, change> rows;

  void fold(const record& r, const events::room_event& e);
};

} // namespace parley
