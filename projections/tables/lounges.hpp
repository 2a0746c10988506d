#pragma once
// Read model: lounges (from `lounge/…`).

#include "events/record.hpp"

#include <map>
#include <optional>

namespace parley {

struct lounge_changes {
  struct created {
    events::lounge_created event;
    time_point at;
  };
  struct change {
    std::optional<created> made; ///< a row to write; else the row exists already
    std::optional<events::lounge_changed> settings;
    std::optional<std::uint32_t> participants;
    parley::version version = 0;
  };
  std::map<lounge_id, change> rows;

  void fold(const record& r, const events::lounge_event& e);
};

} // namespace parley
