#pragma once
// Read model: realtime sessions, present, away or over (from `session/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct session_changes {
  struct opened {
    user_id user;
    login_id login;
    bool guest = false;
    std::string name;
    time_point at;
  };
  /// Whether the connection is there. Every event but entering and leaving places sets all three.
  struct presence {
    std::optional<time_point> grace_until, closed_at;
    std::string reason;
  };
  struct change {
    std::optional<opened> made; ///< a row to write; else the row exists already
    std::optional<presence> now;
    parley::version version = 0;
  };
  std::map<session_id, change> rows;

  void fold(const record& r, const events::session_event& e);
};

} // namespace parley
