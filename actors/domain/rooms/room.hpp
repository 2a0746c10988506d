#pragma once
// A room: a meeting or one-time chat, with signaling (stream `room/<roomId>`, the id in lower case). Short-lived: it
// closes when its host says so or its durable timer fires, and a closed room stays closed.
//
// Where admission is "ask", whoever is not the host waits at the door: a session that knocked is no member, and nothing
// of the room reaches it until the host lets its user in. Whom the host let in comes in again without knocking; whom
// the host removed (kick), in any room, does not until the host lets them in. A wait is as durable as a membership, and
// ends once: with the session's joining, or with `knock-ended`.
//
// What members last said of themselves (muted, video off, hand raised) is shown to who joins late and never stored: a
// restart of the server, or a commit that fails, forgets it until they say it again.
//
// Time decides, not the timer: a command that finds the room past `expires_at` ends it there and then, as the timer
// would have, and is refused with errc::room_expired (leave and close are content with that). A room that opened with
// its first join has no expiry: it lives on empty, so that a shared link still works tomorrow, and costs nothing but
// its events while nobody speaks to it.

#include "actors/domain/decision.hpp"
#include "actors/domain/member.hpp"
#include "actors/domain/message.hpp"
#include "events/gathering_events.hpp"

#include <map>
#include <optional>
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t room_capacity_max = 5000;
inline constexpr std::uint32_t room_capacity_default = 1000;
inline constexpr std::size_t title_bytes_max = 256;
inline constexpr std::size_t relay_bytes_max = 64 * 1024; ///< an SDP body or candidate, as JSON text
inline constexpr std::size_t relay_targets_max = 32;      ///< sessions of one user that a relay reaches
inline constexpr std::size_t room_waiting_max = 100;      ///< sessions at the door of one room
inline constexpr std::size_t room_remembered_max = 1000;  ///< users let in, and users removed; the oldest is forgotten
inline constexpr std::size_t emoji_bytes_max = 64;
inline constexpr std::chrono::minutes start_past_max{5}; ///< a start may be over by so much: clocks differ
inline constexpr std::chrono::seconds room_lifetime_min{1}, room_lifetime_max{std::chrono::hours{24 * 365}};

struct room {
  using member = domain::member;
  /// A user the host decided on, by the seq of that.
  struct remembered {
    version seq = 0;
  };
  struct state {
    room_id id; ///< empty: never opened
    std::string display_id;
    user_id host;
    std::string title;
    std::uint32_t capacity = 0;
    time_point opened_at;
    std::optional<time_point> expires_at;
    std::string history;
    bool guests = true;
    std::string admission; ///< open, ask
    std::optional<time_point> starts_at;
    bool closed = false;
    std::string close_reason;
    domain::members members;
    domain::members waiting;                ///< sessions at the door; their `joined_at` and seq are those of the knock
    std::map<user_id, remembered> admitted; ///< let in by the host, in rooms that ask
    std::map<user_id, remembered> removed;  ///< kicked, and not let in since
    std::map<session_id, version> let_go;   ///< who was present when it closed, and the seq of their joining
    version seq = 0;                        ///< of the last event
  };

  /// Repeated by the host with the same content: no event. errc::conflict for anything else under this id.
  /// errc::invalid out of bounds, also for a start that is over by more than start_past_max.
  struct open {
    room_id id;
    std::string display_id;
    std::string title;
    std::uint32_t capacity = room_capacity_default;
    std::optional<std::chrono::seconds> lifetime;
    std::string history = "kept";
    bool guests = true;
    std::string admission = "open"; ///< open, ask
    std::optional<time_point> starts_at;
  };
  /// A member that joins again changes nothing and is answered as the first time. An unknown room opens when
  /// `open_if_absent`; else errc::room_not_found. errc::room_full (of a room that asks: too many wait),
  /// errc::guests_not_allowed, errc::forbidden for whom the host removed. errc::room_closed/_expired; whoever was
  /// present when it closed is dismissed once more, as it may not know. Where the room asks, who is not let in yet
  /// waits, and is answered {roomId, waiting: true}; asked again, nothing changes.
  struct join {
    room_id id;
    std::string display_id;
    bool open_if_absent = false;
    std::string name; ///< of a guest, shown beside its messages; empty: the caller's
    /// Asked by a session that came back and does not know whether it is a member: errc::not_member when it is not.
    bool returning = false;
  };
  /// A question: may the caller be shown who is here and what they say? Refused as a join would be, for whom the host
  /// removed (errc::forbidden) and guests where none may come in; errc::not_member for whom the host would be asked
  /// about, errc::unauthenticated for nobody where not everybody may come in, or somebody is kept out who could look as
  /// nobody. That the room is full or over does not matter: who was welcome in it may look back.
  struct look {};
  /// A question: up to which seq may the caller know what was said here? Refused as a look, but not for whom the host
  /// removed: they know it up to their removal.
  struct look_back {};
  /// Leaves with the caller's session, or ends its wait. Never refused, whatever became of the room. Neither: no event.
  struct leave {
    std::string reason = "left";
  };
  struct send {
    draft_message message;
  };
  /// errc::not_member for a caller that is not in the room, errc::target_not_found for a target that is not (nobody
  /// relays to their own session), errc::conflict for a user with more than relay_targets_max sessions here,
  /// errc::too_large. One event (offers and answers) and one signal for each session reached.
  struct relay {
    relay_kind kind = relay_kind::offer;
    std::string to;      ///< a session id, else a user id (its sessions in this room), else everybody else when empty
    std::string payload; ///< the caller vouches that it is one JSON value: it parsed it
    std::string sha256;  ///< of the payload, hex; empty for candidates
  };
  struct typing {
    bool is_typing = false;
  };
  /// What the caller says of itself; what is not given stays as it was.
  struct show_status {
    std::optional<bool> muted, video_off, hand_raised;
  };
  struct react {
    std::string emoji; ///< 1 to emoji_bytes_max bytes of UTF-8; errc::invalid
  };

  // --- by the host; errc::forbidden to everybody else (room_host.cpp)
  // -------------------------------------------------
  //
  // A target is the id of a session here or at the door, which stands for its user, or a user's id.
  // errc::target_not_found for whom the command does not concern.

  /// Lets in who waits, with every session that does, and whom the host removed. Let in already: no event.
  /// errc::room_full when not all of those sessions fit.
  struct admit {
    std::string target;
  };
  /// Sends away who waits. They may knock again.
  struct deny {
    std::string target;
  };
  /// Removes a user, with every session here or at the door. Nobody removes the host: errc::invalid.
  struct kick {
    std::string target;
  };
  /// errc::invalid as `open`. What is not given stays; a time that is given as none is taken away.
  struct change {
    std::optional<std::string> title;
    std::optional<std::optional<time_point>> starts_at;
  };
  struct close {};
  struct timer_fired {
    std::string what; ///< expiry
  };

  using command = std::variant<open, join, look, look_back, leave, send, relay, typing, show_status, react, admit, deny,
                               kick, change, close, timer_fired>;
  using event = events::room_event;
  static constexpr std::string_view family = "room";
  static constexpr int snapshot_schema = 3; ///< 2 did not know who waits, was let in, removed or let go at the end

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// Of a signal that is shown: the state may keep it until the entity leaves memory; no event, and in no snapshot.
  static void heed(state& s, const signal& shown);
  /// False while something is kept that only this state knows, and somebody present would miss it.
  [[nodiscard]] static bool may_rest(const state& s);
  /// open, change: {roomId, displayId, title?, startsAt?, hostId, isHost, capacity, createdAt, expiresAt?, history,
  /// guests, admission, participantCount}; join: the same and {users: [{id, socketId, userId, username, name, isHost,
  /// guest, joinedAt, muted, videoOff, handRaised}], participants: (same), userId, sessionId, seq}, and to the host of
  /// a room that asks {knocks: [{userId, socketId, username, name, guest, timestamp}]}; join that waits: {roomId,
  /// waiting: true}; send: {id, roomId, seq, timestamp}; look_back: {roomId, seq}; all others: {roomId}. roomId is the
  /// stream's key (absent when a room that never opened is left), displayId the id as its opener wrote it. `id` and
  /// `socketId` of a user are its session's id.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
