#pragma once
// What happens to one realtime session: a WebSocket, its drops and returns (stream `session/<sessionId>`). A session
// writes nothing until it first enters a room or lounge; from then on it owes each of them exactly one `left`.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

struct session_opened {
  static constexpr std::string_view type = "session-opened";
  static constexpr int schema = 1;
  session_id session;
  user_id user;
  login_id login; ///< empty for a guest without token
  bool guest = false;
  std::string name;
  static constexpr auto fields() {
    return std::tuple{stored("sessionId", &session_opened::session), stored("userId", &session_opened::user),
                      stored("loginId", &session_opened::login), stored("guest", &session_opened::guest),
                      personal("name", &session_opened::name)};
  }
  friend bool operator==(const session_opened&, const session_opened&) = default;
};

/// Written before the place is asked, so that whatever a crash leaves behind is left again.
struct entered {
  static constexpr std::string_view type = "entered";
  static constexpr int schema = 1;
  stream_id place;
  static constexpr auto fields() { return std::tuple{stored("place", &entered::place)}; }
  friend bool operator==(const entered&, const entered&) = default;
};

struct exited {
  static constexpr std::string_view type = "exited";
  static constexpr int schema = 1;
  stream_id place;
  static constexpr auto fields() { return std::tuple{stored("place", &exited::place)}; }
  friend bool operator==(const exited&, const exited&) = default;
};

/// The connection is gone; the session may come back until `grace_until`.
struct disconnected {
  static constexpr std::string_view type = "disconnected";
  static constexpr int schema = 1;
  std::string reason; ///< connection-lost, server-restarted
  time_point grace_until;
  static constexpr auto fields() {
    return std::tuple{stored("reason", &disconnected::reason), stored("graceUntil", &disconnected::grace_until)};
  }
  friend bool operator==(const disconnected&, const disconnected&) = default;
};

struct resumed {
  static constexpr std::string_view type = "resumed";
  static constexpr int schema = 1;
  static constexpr auto fields() { return std::tuple{}; }
  friend bool operator==(const resumed&, const resumed&) = default;
};

/// The session is over: it leaves every place it is in, with this reason.
struct session_closed {
  static constexpr std::string_view type = "session-closed";
  static constexpr int schema = 1;
  std::string reason; ///< left, connection-lost, session-revoked
  static constexpr auto fields() { return std::tuple{stored("reason", &session_closed::reason)}; }
  friend bool operator==(const session_closed&, const session_closed&) = default;
};

using session_event = std::variant<session_opened, entered, exited, disconnected, resumed, session_closed>;

} // namespace parley::events
