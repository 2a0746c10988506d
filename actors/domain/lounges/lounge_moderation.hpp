#pragma once
// The half of the lounge's decider that keeps it a good place: settings, roles, what moderators do and how it ends.
// For lounge.cpp, which is the decider.

#include "actors/domain/lounges/lounge.hpp"

namespace parley::domain::moderation {

using decided = decision<lounge::event>;

[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::change& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::set_role& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::moderate& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::delete_message& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::appeal& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::reverse& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::check_moderator& c, const context& by);
[[nodiscard]] result<decided> decide_one(const lounge::state& s, const lounge::timer_fired& c, const context& by);

void apply(lounge::state& s, const events::lounge_changed& e, time_point when);
void apply(lounge::state& s, const events::role_changed& e, time_point when);
void apply(lounge::state& s, const events::moderation_action& e, time_point when);
void apply(lounge::state& s, const events::moderation_expired& e, time_point when);
void apply(lounge::state& s, const events::moderation_appealed& e, time_point when);
void apply(lounge::state& s, const events::moderation_reversed& e, time_point when);
void apply(lounge::state& s, const events::message_deleted& e, time_point when);

/// 2 the owner, 1 a moderator, 0 everybody else.
[[nodiscard]] int rank(const lounge::state& s, const user_id& user);
/// errc::lounge_not_found, errc::unauthenticated, errc::forbidden.
[[nodiscard]] result<void> check_moderates(const lounge::state& s, const context& by);
/// owner, moderator, member.
[[nodiscard]] std::string_view role_of(const lounge::state& s, const user_id& user);
/// errc::banned, errc::muted with until when.
[[nodiscard]] result<void> check_not_banned(const lounge::state& s, const user_id& user);
[[nodiscard]] result<void> check_not_muted(const lounge::state& s, const user_id& user);
/// The ends of mutes and bans that are over, of everybody whom the command is about.
[[nodiscard]] decided overdue(const lounge::state& s, const lounge::command& c, const context& by);
/// Somebody must be there for a warning, a mute or a ban. A lounge knows who is present or spoke a moment ago, and whom
/// it restricts; of guests without an account nobody can say whether they were here.
[[nodiscard]] bool asks_who_it_is(const lounge::state& s, const lounge::moderate& c);
/// A user by their id, or by that of a session which is present.
[[nodiscard]] user_id user_named(const lounge::state& s, const std::string& target);

} // namespace parley::domain::moderation
