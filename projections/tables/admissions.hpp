#pragma once
// Read model: whom the host of a room let in, and did not remove since (from `room/…`). Of a room that is closed nobody
// asks any more: it loses its rows.

#include "events/record.hpp"

#include <map>
#include <set>
#include <utility>

namespace parley {

struct admission_changes {
  std::set<room_id> emptied; ///< rooms that lose every row they had before this batch
  /// Whether a user has a row after the batch. Applied after `emptied`.
  std::map<std::pair<room_id, user_id>, bool> rows;

  void fold(const record& r, const events::admitted& e);
  void fold(const record& r, const events::left& e);
  void fold(const record& r, const events::knock_ended& e);
  void fold(const record& r, const events::room_closed& e);
};

} // namespace parley
