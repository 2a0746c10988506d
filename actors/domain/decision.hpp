#pragma once
// What every decider shares. A decider is pure: `decide(state, command, context)` gives events or a refusal,
// `evolve(state, event)` cannot fail, and time, ids and the caller come in with the command. No CAF in this folder.
//
// An entity is a struct of types and static functions (see room.hpp); the `event_sourced` shell runs any of them:
//
//   using state, command, event;
//   static constexpr std::string_view family;            // of its streams
//   static constexpr int snapshot_schema;
//   static result<decision<event>> decide(const state&, const command&, const context&);
//   static void evolve(state&, const event&, time_point when);
//   static std::string reply(const state& after, const command&, const context&, version at);  // JSON object text
//   static std::string snapshot(const state&);            // JSON object text
//   static result<state> restore(std::string_view snapshot);
//
// And may have, for what it must know beyond its own stream, and for a state that is dear to write down (ledger.hpp):
//
//   static std::optional<stream_id> asks_for(const state&, const command&);   // its first event is read from the log,
//   static void tell(command&, const event& first);                           // if there is one, and told before
//   decide static std::size_t snapshot_every(const state&, std::size_t usual);       // events between two snapshots
//
// and where its signals are more than shown (room.hpp):
//
//   static void heed(state&, const signal& shown);
//   static bool may_rest(const state&);

#include "actors/domain/signals.hpp"
#include "events/clock.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/log/event_log.hpp"

#include <string>
#include <vector>

namespace parley::domain {

/// Who asks, and when. Taken from the connection or token, never from a payload.
struct context {
  time_point now;
  user_id user;       ///< empty for the system itself (timers, restarts)
  session_id session; ///< empty for REST
  std::string name;   ///< the caller's display name
  bool guest = false;
  std::string cause; ///< id of the command, for the record
};

/// A session that a place lets go: it is no member any more, or waits no more.
struct dismissal {
  session_id session;
  std::string reason; ///< as in `left` and `knock-ended`
};

/// A signal on another topic than the entity's own, an inbox's mostly.
struct remote_signal {
  stream_id topic;
  signal what;
};

template <class Event>
struct decision {
  std::vector<Event> events;        ///< empty: what was asked for holds already
  std::vector<timer_change> timers; ///< stream left empty: the entity's own
  std::vector<signal> signals;      ///< shown once the events are durable, never stored
  std::vector<remote_signal> remote_signals;
  std::vector<dismissal> dismissed;  ///< who is let go by this decision, and must be told
  std::vector<session_id> admitted;  ///< sessions that waited and are members by this decision, and must be told
  std::vector<stream_append> claims; ///< further streams in the same atomic commit (an e-mail claim)
  std::optional<error> refused_with; ///< the events are written, and the caller gets this error all the same
};

} // namespace parley::domain
