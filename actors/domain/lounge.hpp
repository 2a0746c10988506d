#pragma once
// A lounge: a lasting place with an owner (stream `lounge/<loungeId>`).

#include "actors/domain/decision.hpp"
#include "actors/domain/member.hpp"
#include "actors/domain/message.hpp"
#include "events/gathering_events.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t lounge_sessions_max = 10'000;
inline constexpr std::size_t lounge_name_bytes_max = 128;
inline constexpr std::size_t lounge_topic_bytes_max = 512;

struct lounge {
  using member = domain::member;
  struct state {
    lounge_id id; ///< empty: never created
    user_id owner;
    std::string name, topic;
    time_point created_at;
    domain::members members; ///< who is present
    version seq = 0;         ///< of the last event
  };

  /// Repeated by the owner with the same content: no event. errc::conflict for anything else under this id.
  struct create {
    lounge_id id;
    std::string name, topic;
  };
  /// errc::lounge_not_found, errc::room_full. A member that joins again changes nothing.
  struct join {
    std::string name;       ///< empty: the caller's
    bool returning = false; ///< as a room's
  };
  /// Never refused. Not a member: no event.
  struct leave {
    std::string reason = "left";
  };
  struct send {
    draft_message message;
  };
  struct typing {
    bool is_typing = false;
  };

  using command = std::variant<create, join, leave, send, typing>;
  using event = events::lounge_event;
  static constexpr std::string_view family = "lounge";
  static constexpr int snapshot_schema = 2; ///< 1 did not know the seq of each joining

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// create: {id, loungeId, name, topic, ownerId, createdAt, participantCount}; join: the same and users as a room's,
  /// userId, sessionId, seq; send: {id, loungeId, seq, timestamp}; leave, typing: {loungeId}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
