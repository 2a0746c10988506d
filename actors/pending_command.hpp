#pragma once
// A command of an entity between its decision and its release, and what is let out when a commit is done. Values of
// one shell (event_sourced.hpp).

#include "actors/entities.hpp"
#include "actors/publisher.hpp"
#include "events/log/event_log.hpp"

#include <vector>

namespace parley {

struct pending_command {
  std::uint64_t ticket = 0; ///< 0: writes nothing, but waits for what was decided before it
  result<answer> outcome;
  reply respond;
  std::vector<publication_ptr> published;
  std::vector<timer_change> timers;
  std::vector<session_id> dismissed;
  std::string key;
  bool claimed = false;
};

/// First what others see, then who is told that they see no more.
struct released {
  std::vector<publication_ptr> published;
  std::vector<session_id> dismissed;
  bool wrote = false;
};

} // namespace parley
