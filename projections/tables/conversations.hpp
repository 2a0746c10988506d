#pragma once
// Read models: what is between two people (from `conversation/…`). Their messages are among those of all places.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <utility>

namespace parley {

struct conversation_changes {
  struct opened {
    events::conversation_opened event;
    time_point at;
  };
  struct change {
    std::optional<opened> made; ///< a row to write; else the row exists already
    position last_position = 0; ///< of the last message; 0: none in this batch
    parley::version last_seq = 0;
    parley::version version = 0;
  };
  struct call_change {
    struct start {
      events::call_started event;
      time_point at;
      parley::position position = 0;
    };
    conversation_id conversation;
    std::optional<start> started; ///< a row to write; else the row exists already
    std::optional<time_point> accepted_at, ended_at;
    std::string reason;
  };
  std::map<conversation_id, change> rows;
  std::map<std::pair<conversation_id, user_id>, std::uint64_t> marks;
  std::map<std::pair<conversation_id, user_id>, std::optional<time_point>> blocks; ///< nothing: its row is deleted
  std::map<call_id, call_change> calls;

  void fold(const record& r, const events::conversation_event& e);
};

} // namespace parley
