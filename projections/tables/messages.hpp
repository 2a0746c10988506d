#pragma once
// Read model: the messages of rooms and lounges. Whether a room keeps its history is known to the store, which must
// drop the messages of rooms that do not (read_store.hpp): the room may have been opened in an earlier batch.

#include "events/record.hpp"

#include <vector>

namespace parley {

struct message_changes {
  struct sent {
    stream_id place;
    parley::version seq = 0;
    time_point at;
    events::message_sent event;
  };
  std::vector<sent> rows; ///< new ones only, in the log's order

  void fold(const record& r, const events::message_sent& e);
};

} // namespace parley
