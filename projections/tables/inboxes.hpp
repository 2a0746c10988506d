#pragma once
// Read models: what a person is told and whether they are online (from `inbox/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <utility>

namespace parley {

struct inbox_changes {
  struct notification {
    struct told {
      events::notified event;
      time_point at;
      version seq = 0;
    };
    std::optional<told> made; ///< a row to write; else the row exists already
    bool read = false;
  };
  struct online {
    std::optional<std::uint64_t> sessions; ///< a row to write; else the row exists already
    time_point since;
    std::map<session_id, bool> away; ///< of those who said whether they are, or left
  };
  std::map<std::pair<user_id, notification_id>, notification> notifications;
  std::map<user_id, online> presence;

  void fold(const record& r, const events::inbox_event& e);
};

} // namespace parley
