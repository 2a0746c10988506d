#pragma once
// A lounge: a lasting place with an owner, moderators and members (stream `lounge/<loungeId>`).
//
// Everybody may come in who is not banned. The owner makes moderators; moderators act on members, not on each other and
// not on the owner. What they do is logged with its evidence and takes effect at once: who is kicked or banned leaves
// with every session, who is muted neither speaks nor types.
//
// Time decides, not the timer: whoever does something after their mute or ban is over ends it there and then, as the
// timer would have.

#include "actors/domain/decision.hpp"
#include "actors/domain/member.hpp"
#include "actors/domain/message.hpp"
#include "actors/domain/recent_messages.hpp"
#include "events/gathering_events.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::uint32_t lounge_sessions_max = 10'000;
inline constexpr std::size_t lounge_name_bytes_max = 128;
inline constexpr std::size_t lounge_topic_bytes_max = 512;
inline constexpr std::uint32_t slow_mode_seconds_max = 6 * 3600;
inline constexpr std::size_t slowed_users_max = 10'000;
inline constexpr std::size_t lounge_moderators_max = 100;
inline constexpr std::size_t lounge_restrictions_max = 5'000; ///< mutes in force, and bans in force
inline constexpr std::size_t lounge_actions_max = 1'000;      ///< that can be appealed; those in force always can
inline constexpr std::size_t user_id_bytes_max = 128;
inline constexpr std::size_t action_id_bytes_max = 64;
inline constexpr std::size_t rule_bytes_max = 64;
inline constexpr std::size_t moderation_reason_bytes_max = 512;
inline constexpr std::size_t appeal_bytes_max = 2'000;
inline constexpr std::chrono::seconds restriction_min{1}, restriction_max{std::chrono::hours{24 * 365}};

struct lounge {
  using member = domain::member;

  struct granted {
    user_id by;
  };
  /// A mute or ban in force.
  struct restriction {
    action_id action;
    std::optional<time_point> until; ///< none: until it is lifted
  };
  struct spoken {
    time_point at;
  };
  /// What a moderator did and may have to answer for.
  struct acted {
    std::string action;
    user_id target, by;
    std::optional<time_point> until;
    time_point at;
    version seq = 0;
    bool appealed = false, reversed = false;
  };

  struct state {
    lounge_id id; ///< empty: never created
    user_id owner;
    std::string name, topic;
    time_point created_at;
    std::uint32_t slow_mode_seconds = 0;
    domain::members members; ///< who is present
    std::map<user_id, granted> moderators;
    std::map<user_id, restriction> mutes, bans;
    std::map<action_id, acted> actions;
    std::map<user_id, spoken> last_words; ///< of members, in slow mode only
    recent_messages recent;
    version seq = 0; ///< of the last event
  };

  /// Repeated by the owner with the same content: no event. errc::conflict for anything else under this id.
  struct create {
    lounge_id id;
    std::string name, topic;
  };
  /// errc::lounge_not_found, errc::room_full, errc::banned. A member that joins again changes nothing.
  struct join {
    std::string name;       ///< of a guest; empty: the caller's
    bool returning = false; ///< as a room's
  };
  /// Never refused. Not a member: no event.
  struct leave {
    std::string reason = "left";
  };
  /// errc::muted; errc::rate_limited to a member that spoke a moment ago, in slow mode.
  struct send {
    draft_message message;
  };
  struct typing {
    bool is_typing = false;
  };

  // --- settings and moderation (lounge_moderation.cpp). errc::forbidden to whom may not do it. ----------------

  /// By the owner or a moderator. What is not given stays.
  struct change {
    std::optional<std::string> name, topic;
    std::optional<std::uint32_t> slow_mode_seconds;
  };
  /// By the owner; a moderator may resign. Nobody changes the owner's role. A guest cannot be one that stays:
  /// errc::guests_not_allowed.
  struct set_role {
    user_id user;
    std::string role; ///< moderator, member
  };
  /// A mute or ban takes the place of the one before. errc::target_not_found for kicking somebody who is not present,
  /// and for a warning, mute or ban of an id that nobody has. Lifting what is not in force: no event. `delete-message`
  /// is by its id what `delete_message` is, and logged as a moderator's also when the message is the moderator's own.
  struct moderate {
    action_id id;       ///< made by the caller of the decider; a repeat changes nothing
    std::string action; ///< warn, mute, unmute, kick, ban, unban, delete-message
    std::string target; ///< a user's id, or a present session's; of delete-message not needed
    std::string rule, reason;
    std::optional<std::chrono::seconds> duration; ///< of a mute or ban; none: until it is lifted
    message_reference about;                      ///< the evidence
    bool has_account = false;                     ///< the target: told before `decide`, see `asks_for`
  };
  /// Authors take back their own, moderators delete any. errc::not_found, errc::conflict as `find_message`.
  struct delete_message {
    action_id id; ///< of the action, when it is a moderator's
    message_reference which;
    std::string reason;
  };
  /// By the target, once. errc::not_found for an action that is not known, or was forgotten: see lounge_actions_max.
  struct appeal {
    action_id action;
    std::string text;
  };
  /// By a moderator who neither did it nor suffered it, by the owner or by an operator. A mute or ban in force ends; of
  /// another action it is only said that it was wrong. Already reversed: no event.
  struct reverse {
    action_id action;
    std::string reason;
    bool by_operator = false; ///< the caller of the decider vouches for it
  };
  /// A question: may the caller see what moderators see? errc::forbidden.
  struct check_moderator {};
  struct timer_fired {
    std::string what; ///< "over <actionId>"
  };

  using command = std::variant<create, join, leave, send, typing, change, set_role, moderate, delete_message, appeal,
                               reverse, check_moderator, timer_fired>;
  using event = events::lounge_event;
  static constexpr std::string_view family = "lounge";
  static constexpr int snapshot_schema = 3; ///< 2 did not know moderation

  /// Of whom a moderator acts on and the lounge does not know: the account.
  [[nodiscard]] static std::optional<stream_id> asks_for(const state& s, const command& c);
  static void tell(command& c, const parley::event& first);
  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// create, change: {id, loungeId, name, topic, ownerId, createdAt, slowModeSeconds, participantCount}; join: the
  /// same, moderators and users as a room's, each with role and mutedUntil, and role, userId, sessionId, seq; send:
  /// {id, loungeId, seq, timestamp}; moderate: {id, actionId, loungeId, action, targetId, by, reason, until, createdAt,
  /// seq}, without those of the action when nothing was to be done; all others: {loungeId}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
