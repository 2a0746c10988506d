#pragma once
// What is done to keep a lounge a good place (stream `lounge/<id>`): roles, what moderators do, and how that ends.
// Personal fields of these events belong to the person they are about (`targetId`, of an appeal `userId`), not to the
// moderator: a digest of a short text gives the text away, so it is sealed with what was said about it.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <tuple>

namespace parley::events {

/// The lounge's settings from now on, all of them.
struct lounge_changed {
  static constexpr std::string_view type = "lounge-changed";
  static constexpr int schema = 1;
  user_id by;
  std::string name, topic;
  std::uint32_t slow_mode_seconds = 0; ///< between two messages of a member; 0: off
  static constexpr auto fields() {
    return std::tuple{stored("by", &lounge_changed::by), stored("name", &lounge_changed::name),
                      stored("topic", &lounge_changed::topic),
                      stored("slowModeSeconds", &lounge_changed::slow_mode_seconds)};
  }
  friend bool operator==(const lounge_changed&, const lounge_changed&) = default;
};

struct role_changed {
  static constexpr std::string_view type = "role-changed";
  static constexpr int schema = 1;
  user_id user;
  std::string role; ///< moderator, member
  user_id by;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &role_changed::user), stored("role", &role_changed::role),
                      stored("by", &role_changed::by)};
  }
  friend bool operator==(const role_changed&, const role_changed&) = default;
};

/// A moderator did something to somebody. A kick and a ban are followed by one `left` for each session of the target.
struct moderation_action {
  static constexpr std::string_view type = "moderation-action";
  static constexpr int schema = 1;
  parley::action_id id;
  std::string action; ///< warn, mute, unmute, kick, ban, unban, delete-message
  user_id by, target;
  std::string rule;                ///< which one was broken; empty: none named
  message_id message;              ///< the evidence; empty: not about a message
  version message_seq = 0;         ///< where the message stands in the stream
  std::optional<time_point> until; ///< of a mute or ban; none: until it is lifted
  std::string reason;
  std::string sha256; ///< of the message's text, lower-case hex; empty: not about a message
  static constexpr auto fields() {
    return std::tuple{stored("actionId", &moderation_action::id),
                      stored("action", &moderation_action::action),
                      stored("by", &moderation_action::by),
                      stored("targetId", &moderation_action::target),
                      stored("rule", &moderation_action::rule),
                      stored("messageId", &moderation_action::message),
                      stored("messageSeq", &moderation_action::message_seq),
                      stored("until", &moderation_action::until),
                      personal("reason", &moderation_action::reason),
                      personal("sha256", &moderation_action::sha256)};
  }
  friend bool operator==(const moderation_action&, const moderation_action&) = default;
};

/// The time of a mute or ban is over.
struct moderation_expired {
  static constexpr std::string_view type = "moderation-expired";
  static constexpr int schema = 1;
  parley::action_id id;
  std::string action; ///< mute, ban
  user_id target;
  static constexpr auto fields() {
    return std::tuple{stored("actionId", &moderation_expired::id), stored("action", &moderation_expired::action),
                      stored("targetId", &moderation_expired::target)};
  }
  friend bool operator==(const moderation_expired&, const moderation_expired&) = default;
};

/// Whom it was done to says that it was wrong.
struct moderation_appealed {
  static constexpr std::string_view type = "moderation-appealed";
  static constexpr int schema = 1;
  parley::action_id id;
  user_id user;
  std::string text;
  static constexpr auto fields() {
    return std::tuple{stored("actionId", &moderation_appealed::id), stored("userId", &moderation_appealed::user),
                      personal("text", &moderation_appealed::text)};
  }
  friend bool operator==(const moderation_appealed&, const moderation_appealed&) = default;
};

/// What was done is taken back: a mute or ban that was in force ends.
struct moderation_reversed {
  static constexpr std::string_view type = "moderation-reversed";
  static constexpr int schema = 1;
  parley::action_id id;
  std::string action; ///< what was done
  user_id target, by;
  bool lifted = false; ///< a mute or ban that was in force
  std::string reason;
  static constexpr auto fields() {
    return std::tuple{
        stored("actionId", &moderation_reversed::id),     stored("action", &moderation_reversed::action),
        stored("targetId", &moderation_reversed::target), stored("by", &moderation_reversed::by),
        stored("lifted", &moderation_reversed::lifted),   personal("reason", &moderation_reversed::reason)};
  }
  friend bool operator==(const moderation_reversed&, const moderation_reversed&) = default;
};

/// Clients see a tombstone in the message's place; its record stays in the log.
struct message_deleted {
  static constexpr std::string_view type = "message-deleted";
  static constexpr int schema = 1;
  message_id message;
  version message_seq = 0;
  user_id by;
  parley::action_id action; ///< the moderator's; empty: its author took it back
  static constexpr auto fields() {
    return std::tuple{stored("messageId", &message_deleted::message),
                      stored("messageSeq", &message_deleted::message_seq), stored("by", &message_deleted::by),
                      stored("actionId", &message_deleted::action)};
  }
  friend bool operator==(const message_deleted&, const message_deleted&) = default;
};

} // namespace parley::events
