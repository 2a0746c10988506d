#pragma once
// What happens at the door of a room that asks its host before it lets anybody in (stream `room/<roomId>`). Each
// `knocked` ends once: with the session's `joined`, or with its `knock-ended`.

#include "events/field.hpp"
#include "events/ids.hpp"

#include <string>
#include <tuple>

namespace parley::events {

/// A session waits to be let in. Told to the host alone.
struct knocked {
  static constexpr std::string_view type = "knocked";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  user_id host; ///< whom it is told to
  bool guest = false;
  std::string name;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &knocked::user), stored("sessionId", &knocked::session),
                      stored("hostId", &knocked::host), stored("guest", &knocked::guest),
                      personal("name", &knocked::name)};
  }
  friend bool operator==(const knocked&, const knocked&) = default;
};

/// The host lets a user in, now and whenever they come again. A `joined` follows for each of their sessions that waits.
struct admitted {
  static constexpr std::string_view type = "admitted";
  static constexpr int schema = 1;
  user_id user;
  user_id by;
  static constexpr auto fields() { return std::tuple{stored("userId", &admitted::user), stored("by", &admitted::by)}; }
  friend bool operator==(const admitted&, const admitted&) = default;
};

/// A session waits no more, and is not in.
struct knock_ended {
  static constexpr std::string_view type = "knock-ended";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  user_id host;       ///< whom it is told to
  std::string reason; ///< denied, kicked; room-closed, room-expired; left, connection-lost, session-revoked
  static constexpr auto fields() {
    return std::tuple{stored("userId", &knock_ended::user), stored("sessionId", &knock_ended::session),
                      stored("hostId", &knock_ended::host), stored("reason", &knock_ended::reason)};
  }
  friend bool operator==(const knock_ended&, const knock_ended&) = default;
};

} // namespace parley::events
