#pragma once
// A room: a meeting or one-time chat, with signaling (stream `room/<roomId>`, the id in lower case). Short-lived: it
// closes when its host says so or its durable timer fires, and a closed room stays closed.
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
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t room_capacity_max = 5000;
inline constexpr std::uint32_t room_capacity_default = 1000;
inline constexpr std::size_t title_bytes_max = 256;
inline constexpr std::size_t relay_bytes_max = 64 * 1024; ///< an SDP body or candidate, as JSON text
inline constexpr std::size_t relay_targets_max = 32;      ///< sessions of one user that a relay reaches
inline constexpr std::chrono::seconds room_lifetime_min{1}, room_lifetime_max{std::chrono::hours{24 * 365}};

struct room {
  using member = domain::member;
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
    bool closed = false;
    std::string close_reason;
    domain::members members;
    std::map<session_id, version> let_go; ///< who was present when it closed, and the seq of their joining
    version seq = 0;                      ///< of the last event
  };

  /// Repeated by the host with the same content: no event. errc::conflict for anything else under this id.
  struct open {
    room_id id;
    std::string display_id;
    std::string title;
    std::uint32_t capacity = room_capacity_default;
    std::optional<std::chrono::seconds> lifetime;
    std::string history = "kept";
    bool guests = true;
  };
  /// A member that joins again changes nothing and is answered as the first time. An unknown room opens when
  /// `open_if_absent`; else errc::room_not_found. errc::room_full, errc::guests_not_allowed,
  /// errc::room_closed/_expired; whoever was present when it closed is dismissed once more, as it may not know.
  struct join {
    room_id id;
    std::string display_id;
    bool open_if_absent = false;
    std::string name; ///< shown beside messages; empty: the caller's
    /// Asked by a session that came back and does not know whether it is a member: errc::not_member when it is not.
    bool returning = false;
  };
  /// Leaves with the caller's session. Never refused, whatever became of the room. Not a member: no event.
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
  struct close {}; ///< by the host only
  struct timer_fired {
    std::string what; ///< expiry
  };

  using command = std::variant<open, join, leave, send, relay, typing, close, timer_fired>;
  using event = events::room_event;
  static constexpr std::string_view family = "room";
  static constexpr int snapshot_schema = 3; ///< 1 did not know the seq of each joining, 2 not who was let go

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// open: {roomId, displayId, title?, hostId, capacity, createdAt, expiresAt?, history, guests, participantCount};
  /// join: the same and {users: [{id, socketId, userId, username, name, isHost, guest, joinedAt}], participants:
  /// (same), userId, sessionId, seq}; send: {id, roomId, seq, timestamp}; leave, close, typing, relay: {roomId}. roomId
  /// is the stream's key (absent when a room that never opened is left), displayId the id as its opener wrote it. `id`
  /// and `socketId` of a user are its session's id.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
