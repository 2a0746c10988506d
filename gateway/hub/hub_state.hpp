#pragma once
// The hub's inside: topics, members and subscriptions between them. What is published goes out in hub.cpp; who lags, or
// missed something, is refilled from the log in refills.cpp.

#include "gateway/hub/hub.hpp"
#include "gateway/hub/partings.hpp"
#include "gateway/hub/run.hpp"

#include <limits>
#include <list>
#include <unordered_map>

namespace parley::gateway {

struct hub::state : std::enable_shared_from_this<hub::state> {
  static constexpr version no_end = std::numeric_limits<version>::max();

  struct topic;
  struct member;

  enum class phase {
    live,    ///< gets its slice of every run
    full,    ///< lags: waits until its connection drained
    waiting, ///< in the queue for a read of the log
    reading,
    failed ///< the read failed: waits for retry_refills
  };

  struct subscription {
    member& who;
    topic& where;
    std::size_t slot; ///< in the topic's members
    version next;     ///< the seq it owes its connection next; all before is queued or was never asked for
    version arrived;  ///< what surely reached the client
    version at_ping;  ///< what was queued when the outstanding ping went out
    phase now = phase::failed;
    bool told = false;         ///< something of it was queued
    bool leaving = false;      ///< goes once it has what was published before it was told to
    version end = no_end;      ///< the last of that, when it is known; else it ends where the log does
    std::uint64_t read_id = 0; ///< of the read under way; an answer with another id is of the past
    std::list<subscription*>::iterator turn{};
  };

  struct member {
    std::shared_ptr<connection> line;
    session_id session;
    user_id user;
    bool ping_out = false;
    bool returning = false; ///< what it was told on an earlier connection counts, too
    bool unmarked = false;  ///< something was queued since it was told how far it is in each place
    partings parted;
    std::vector<std::unique_ptr<subscription>> places; // few: domain::places_max

    [[nodiscard]] subscription* in(const stream_id& id) const;
  };

  struct topic {
    stream_id id;
    version last = 0;                     ///< the newest seq that left in a run; 0: nothing seen yet
    version head = 0;                     ///< the newest seq noted
    bool gapped = false;                  ///< what is noted does not follow itself: members read the log instead
    std::vector<publication_ptr> pending; ///< of this turn
    std::vector<subscription*> members;   // flat, for the fan-out
  };

  refill_source& log;
  const limits bounds;
  counters counted;
  std::unordered_map<std::uint64_t, std::unique_ptr<member>> members;
  std::unordered_multimap<session_id, member*> sessions;
  std::unordered_map<stream_id, std::unique_ptr<topic>> topics;
  std::vector<topic*> dirty;             // with something pending
  std::vector<publication_ptr> directed; // signals for one session
  std::vector<std::uint64_t> unmarked;   // members to mark
  std::list<subscription*> waiting;      // for a read, first come first served
  std::size_t under_way = 0;
  std::uint64_t last_read_id = 0;
  bool starting = false;

  state(refill_source& source, limits l)
    : log{source}
    , bounds{l} {}

  [[nodiscard]] member* find(std::uint64_t id) const {
    const auto found = members.find(id);
    return found == members.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] bool is_full(const member& m) const { return m.line->queued_bytes() > bounds.queue_bytes_max; }

  // --- subscriptions ---

  void enter(member& m, const stream_id& id, version after);
  /// Live when the topic is known here and nothing before its next run is owed, else by way of the log.
  void settle(subscription& s);
  void leave(subscription& s);
  /// Who is told to go (the room closed) still sees why: it was published in this turn, or is read from the log.
  void say_farewell(subscription& s, version up_to);
  /// It has all that it is owed.
  void part(subscription& s);
  void stop_reading(subscription& s);

  // --- publishing ---

  void note(topic& t, const publication_ptr& p);
  void flush(topic& t);
  /// The durable ones are in the log; only the signals are not.
  void read_instead(topic& t, std::vector<publication_ptr> pending);
  void deliver(subscription& s, run& r);
  [[nodiscard]] static bool is_for(const presented& shown, const member& m) {
    return shown.only_for.empty() || shown.only_for == m.user;
  }
  /// Signals in between, or what only some are told: each item is asked, neighbours leave as one slice.
  void queue_chosen(subscription& s, const run& r, const encoded_run& e, bool owed);
  static void queue_slice(member& m, const encoded_run& e, std::size_t begin, std::size_t end);
  void deliver_directed(const publication_ptr& p);
  /// What a client was told last says how far it is in one place. Where it is told of several, and its framing lets it
  /// come back by that alone, it is told how far it is in all of them.
  void note_told(subscription& s);
  void mark_all();

  // --- refilling from the log (refills.cpp) ---

  /// From here on the log says what comes next, until the subscription is live again.
  void refill(subscription& s);
  void start_reads();
  void read_done(std::uint64_t id, const stream_id& place, std::uint64_t read, result<std::vector<record>> page);
  void read_failed(subscription& s, const error& e);
  void take_page(subscription& s, const std::vector<record>& page);
};

} // namespace parley::gateway
