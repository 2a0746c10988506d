#pragma once
// A realtime session: a connection, its drops and returns, and the places it owes a `left` (stream
// `session/<sessionId>`). The session actor (actors/session_actor.hpp) runs this decider and talks to the connection.

#include "actors/domain/decision.hpp"
#include "events/session_events.hpp"

#include <set>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t places_max = 64; ///< rooms and lounges a session is in at once
inline constexpr std::chrono::milliseconds grace_max{std::chrono::hours{24}};

struct session {
  struct state {
    session_id id; ///< empty: nothing written yet
    user_id user;
    login_id login;
    bool guest = false;
    std::string name;
    std::set<stream_id> places;
    std::optional<time_point> grace_until; ///< set while the connection is gone
    bool closed = false;
    std::string close_reason;
  };

  /// Notes that the session is about to enter `place`. First use writes `session-opened` and the restart timer.
  struct enter {
    session_id id;
    login_id login;
    stream_id place;
  };
  struct exit {
    stream_id place;
  };
  /// The connection is gone. Sets the grace timer; nothing when no place was ever entered or already disconnected. A
  /// session that entered a place and is in none now gets its grace too: whoever was opened is closed one day.
  struct disconnect {
    std::string reason; ///< connection-lost, server-restarted
    std::chrono::milliseconds grace{};
  };
  /// The connection is back: errc::session_revoked when the session is closed (by grace or revocation).
  struct resume {};
  /// Ends the session now; the actor then leaves every place.
  struct close {
    std::string reason; ///< left, session-revoked
  };
  /// A durable timer fired: `grace` (closes with connection-lost when due; a grace that is no longer the current one
  /// does nothing) or `restart` (a `disconnect` of its own, which also prolongs a grace that was running: its client
  /// could not come back while the server was down).
  struct timer_fired {
    std::string what;
    std::chrono::milliseconds grace{};
  };

  using command = std::variant<enter, exit, disconnect, resume, close, timer_fired>;
  using event = events::session_event;
  static constexpr std::string_view family = "session";
  static constexpr int snapshot_schema = 1;

  /// `enter`: errc::session_revoked when closed, errc::forbidden for another user's session, errc::conflict in too
  /// many places. `exit`, `disconnect` and `close` are never refused.
  /// A closed session keeps its restart timer until its last place is exited, so that a crash in between is finished.
  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// Always `{}`: the actor asks itself.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
