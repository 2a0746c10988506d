#pragma once
// Read model: which sessions are present in a room or lounge, in the order of joining.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace parley {

struct member_changes {
  struct present {
    user_id user;
    std::string name;
    bool host = false, guest = false;
    time_point at;
    parley::version seq = 0; ///< of the joining
  };
  std::set<stream_id> emptied; ///< places that lose every row they had before this batch
  /// What a session is in a place after the batch; nothing: its row is deleted. Applied after `emptied`.
  std::map<std::pair<stream_id, session_id>, std::optional<present>> rows;

  void fold(const record& r, const events::joined& e);
  void fold(const record& r, const events::left& e);
  void fold(const record& r, const events::room_closed& e);
};

} // namespace parley
