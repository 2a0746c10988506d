#pragma once
// What the log says, folded as it grows: the truth that clients' stories are held against. Knows nothing of the actors;
// what it checks of the log itself holds whatever wrote it. One thread.

#include "events/log/event_log.hpp"
#include "tests/simulation/claims/dealings.hpp"
#include "tests/simulation/claims/trace.hpp"
#include "tests/simulation/claims/verdict.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace parley::simulation {

/// One room or lounge.
struct place_history {
  /// The body each event was to be shown with, by seq - 1; empty: shown to nobody.
  std::vector<std::string> shown;
  std::map<version, std::string> only_for;           ///< the user, of events that one user alone is shown
  std::map<std::string, version> members;            ///< sessions present, and their joining's seq
  std::map<std::string, std::vector<version>> joins; ///< of each session, also of those that left
  std::set<std::string> present_at_end;              ///< sessions that were members when it closed
  bool closed = false;
  bool keeps_nothing = false; ///< shows nobody what was before they came in
  std::optional<time_point> expires_at;
  // --- of a lounge ---
  struct restriction {
    std::string action;
    std::optional<time_point> until;
  };
  std::map<std::string, std::string> users;       ///< of the sessions present
  std::map<std::string, restriction> mutes, bans; ///< in force, by user
  std::set<std::string> actions;                  ///< of moderators, by id
  std::set<version> messages, deleted;            ///< by seq

  [[nodiscard]] version head() const { return shown.size(); }
  /// The first event after `after` that is shown to a user; 0: none.
  [[nodiscard]] version next_shown(version after, const std::string& user) const;
  /// The session's last joining up to `then`; 0: none.
  [[nodiscard]] version joined_by(const std::string& session, version then) const;
};

/// One session that entered a place.
struct session_history {
  std::string login;
  std::set<std::string> places;          ///< it owes a `left`
  std::optional<time_point> grace_until; ///< its connection is gone
  bool closed = false;
};

class history {
public:
  history(verdict& v, trace& story, simulated_disk& disk)
    : verdict_{v}
    , story_{story}
    , disk_{disk}
    , dealings_{v} {}

  /// Reads on to the log's head.
  void follow(const event_log& log);
  /// The log was opened again: what was durable must be there, unchanged.
  void compare(const event_log& log);

  [[nodiscard]] position head() const { return positions_.size(); }
  /// Null: nothing was ever written there.
  [[nodiscard]] const place_history* place(const stream_id& id) const;
  [[nodiscard]] const std::map<std::string, place_history>& places() const { return places_; }
  /// The seq of a message by its user and id; 0: there is none.
  [[nodiscard]] version message(const stream_id& place, const std::string& user, const std::string& id) const;
  /// A message of the place, or 0.
  [[nodiscard]] version a_message(const stream_id& place, std::size_t which) const;
  [[nodiscard]] bool acted(const stream_id& place, const std::string& action) const;
  [[nodiscard]] bool is_revoked(const std::string& login) const { return revoked_.contains(login); }
  [[nodiscard]] const std::map<std::string, session_history>& sessions() const { return sessions_; }
  /// What people did by twos.
  [[nodiscard]] dealings& dealt() { return dealings_; }
  /// The last version of every stream.
  [[nodiscard]] const std::map<std::string, version>& streams() const { return versions_; }

private:
  void take(const record& r);
  void take_place(const record& r, const event& content);
  void take_message(const record& r);
  void take_moderation(place_history& p, const record& r);
  void take_session(const record& r);

  verdict& verdict_;
  trace& story_;
  simulated_disk& disk_;
  dealings dealings_;
  std::vector<std::uint64_t> positions_;        ///< a digest of each record, by position - 1
  std::map<std::string, version> versions_;     ///< in order, because a checker goes through them
  std::map<std::string, place_history> places_; ///< by stream
  std::unordered_map<std::string, version> messages_;
  std::set<std::string> revoked_;
  std::map<std::string, session_history> sessions_; ///< by id
};

} // namespace parley::simulation
