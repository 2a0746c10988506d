#pragma once
// A person's inbox (stream `inbox/<userId>`): where they are told what concerns them alone, on every device. The
// sessions of a person with an account are in it as in a room, so that everything a place promises holds here too:
// nothing is missed, and presence ends exactly once. A person is online while a session is in it.

#include "actors/domain/decision.hpp"
#include "actors/domain/errands_taken.hpp"
#include "actors/domain/member.hpp"
#include "events/inbox_events.hpp"

#include <set>
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t inbox_sessions_max = 64; ///< devices of one person at once
inline constexpr std::size_t contacts_max = 1000;       ///< told of a person's presence; further ones are not
inline constexpr std::size_t notification_kind_bytes_max = 64;
inline constexpr std::size_t notification_title_bytes_max = 256;
inline constexpr std::size_t notification_body_bytes_max = 4096;
inline constexpr std::size_t notification_data_bytes_max = 16 * 1024;
inline constexpr std::size_t unread_max = 1000; ///< notifications whose reading is noted; older ones count as read

struct inbox {
  using member = domain::member;
  struct engagement {
    call_id call;
    conversation_id conversation;
    session_id session; ///< empty while it rings on all devices
  };
  struct unread_notification {
    version seq = 0;
  };
  struct state {
    user_id owner; ///< empty: no session of theirs was ever in it
    domain::members members;
    std::set<session_id> away; ///< those of the members that said so
    std::set<user_id> contacts;
    std::map<notification_id, unread_notification> unread;
    std::optional<engagement> call;
    errands_taken taken;
    version seq = 0; ///< of the last event
  };

  /// By the owner's sessions only: errc::forbidden. errc::room_full beyond inbox_sessions_max.
  struct join {
    std::string name;       ///< of a guest; empty: the caller's
    bool returning = false; ///< as a room's
  };
  /// Never refused.
  struct leave {
    std::string reason = "left";
  };
  /// The device is looked at, or not: when none is, the person is `away`.
  struct set_status {
    bool away = false;
  };

  // Commands of processes: `owner` is the stream's key.
  struct deliver {
    user_id owner;
    events::message_delivered message;
  };
  /// errc::invalid and errc::too_large for what is not a notification.
  struct notify {
    user_id owner;
    notification_id id;
    std::string kind, title, body, data;
  };
  /// A call wants this person: `engaged`, or `call_declined` when they are not there or in another. `session`: the
  /// device that called, empty for who is called.
  struct engage {
    user_id owner;
    call_id call;
    conversation_id conversation;
    session_id session;
  };
  struct disengage {
    call_id call;
  };
  /// One of the two blocked the other. The next message makes them a contact again.
  struct forget {
    user_id owner;
    user_id contact;
  };

  /// By the owner. Repeated, or of one that is not known to be unread: no event.
  struct mark_read {
    notification_id id;
  };
  /// A question: may they be called? errc::busy, errc::unreachable.
  struct ask_free {};

  using command =
      std::variant<join, leave, set_status, deliver, notify, engage, disengage, forget, mark_read, ask_free>;
  using event = events::inbox_event;
  static constexpr std::string_view family = "inbox";
  static constexpr int snapshot_schema = 2; // 1 had no `taken`
  static constexpr bool is_followed = true;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// join: {userId, sessionId, seq}; mark_read, notify: {id}; else {}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
