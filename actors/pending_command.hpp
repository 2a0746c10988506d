#pragma once
// A command of an entity between its decision and its release, and what is let out when a commit is done. Values of
// one shell (event_sourced.hpp).

#include "actors/messages.hpp"
#include "actors/publisher.hpp"
#include "events/log/event_log.hpp"

#include <vector>

namespace parley {

/// The sessions that a place lets go, and those that it lets in though they did not ask just now.
struct concerned {
  std::vector<dismissed_ptr> dismissed;
  std::vector<session_id> admitted;
};

struct pending_command {
  std::uint64_t ticket = 0; ///< 0: writes nothing, but waits for what was decided before it
  result<answer> outcome;
  reply respond;
  std::vector<publication_ptr> published;
  std::vector<timer_change> timers;
  concerned whom;
  std::string key;
  bool claimed = false;
};

/// What others see of a commit.
struct released {
  std::vector<publication_ptr> published;
  bool wrote = false;
};

} // namespace parley
