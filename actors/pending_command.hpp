#pragma once
// A command of an entity between its decision and its release, and what is let out when a commit is done. Values of
// one shell (event_sourced.hpp).

#include "actors/messages.hpp"
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
  std::vector<dismissed_ptr> dismissed;
  std::string key;
  bool claimed = false;
};

struct released {
  std::vector<publication_ptr> published;
  bool wrote = false;
};

} // namespace parley
