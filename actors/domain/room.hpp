#pragma once
// A room: a meeting or one-time chat, with signaling (stream `room/<roomId>`, the id in lower case). Short-lived: it
// closes when its host says so or its durable timer fires, and a closed room stays closed.

#include "actors/domain/decision.hpp"
#include "actors/domain/message.hpp"
#include "events/gathering_events.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t room_capacity_max = 5000;
inline constexpr std::uint32_t room_capacity_default = 1000;
inline constexpr std::size_t title_bytes_max = 256;
inline constexpr std::size_t relay_bytes_max = 64 * 1024; ///< an SDP body or candidate, as JSON text
inline constexpr std::chrono::seconds room_lifetime_min{1}, room_lifetime_max{std::chrono::hours{24 * 365}};

struct room {
  struct member {
    user_id user;
    std::string name;
    bool guest = false;
    time_point joined_at;
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
    bool closed = false;
    std::string close_reason;
    std::map<session_id, member> members;
  };

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
  /// errc::room_closed/_expired.
  struct join {
    room_id id;
    std::string display_id;
    bool open_if_absent = false;
    std::string name; ///< shown beside messages; empty: the caller's
  };
  /// Leaves with the caller's session. Not a member: no event.
  struct leave {
    std::string reason = "left";
  };
  struct send {
    draft_message message;
  };
  /// errc::not_member for a caller that is not in the room, errc::target_not_found for a target that is not.
  struct relay {
    relay_kind kind = relay_kind::offer;
    std::string to; ///< a session id, else a user id (its sessions in this room), else everybody else when empty
    std::string payload;
    std::string sha256; ///< of the payload, hex; empty for candidates
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
  static constexpr int snapshot_schema = 1;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// open: {roomId, title?, hostId, capacity, createdAt, expiresAt?, history, guests, participantCount};
  /// join: the same and {users: [{id, socketId, userId, username, name, isHost, guest, joinedAt}], participants:
  /// (same), userId, sessionId, seq}; send: {id, roomId, seq, timestamp}; leave, close, typing, relay: {roomId}. `id`
  /// and `socketId` of a user are its session's id.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
