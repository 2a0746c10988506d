// Who is what in a lounge, and its settings.

#include "actors/domain/lounges/lounge_moderation.hpp"

#include "actors/domain/text.hpp"

#include <algorithm>
#include <array>

namespace parley::domain::moderation {
namespace {

tl::unexpected<error> pass(error&& e) { return tl::make_unexpected(std::move(e)); }

} // namespace

int rank(const lounge::state& s, const user_id& user) {
  return user == s.owner ? 2 : s.moderators.contains(user) ? 1 : 0;
}

result<void> check_moderates(const lounge::state& s, const context& by) {
  if (s.id.empty()) return fail(errc::lounge_not_found);
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (rank(s, by.user) == 0) return fail(errc::forbidden, "only the owner and moderators may do this");
  return check_not_banned(s, by.user);
}

std::string_view role_of(const lounge::state& s, const user_id& user) {
  constexpr std::array<std::string_view, 3> roles{"member", "moderator", "owner"};
  return roles[static_cast<std::size_t>(rank(s, user))];
}

result<decided> decide_one(const lounge::state& s, const lounge::check_moderator&, const context& by) {
  if (auto may = check_moderates(s, by); !may) return pass(std::move(may.error()));
  return decided{};
}

result<decided> decide_one(const lounge::state& s, const lounge::change& c, const context& by) {
  if (auto may = check_moderates(s, by); !may) return pass(std::move(may.error()));
  auto name = clean_line(c.name.value_or(s.name), lounge_name_bytes_max, "name");
  if (!name) return pass(std::move(name.error()));
  if (name->empty()) return fail(errc::invalid, "name is empty");
  auto topic = clean_line(c.topic.value_or(s.topic), lounge_topic_bytes_max, "topic");
  if (!topic) return pass(std::move(topic.error()));
  const auto slow_mode = c.slow_mode_seconds.value_or(s.slow_mode_seconds);
  if (slow_mode > slow_mode_seconds_max)
    return fail(errc::invalid, "slowModeSeconds must be 0 to " + std::to_string(slow_mode_seconds_max));
  decided d;
  if (*name != s.name || *topic != s.topic || slow_mode != s.slow_mode_seconds)
    d.events.push_back(events::lounge_changed{by.user, std::move(*name), std::move(*topic), slow_mode});
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::set_role& c, const context& by) {
  if (auto may = check_moderates(s, by); !may) return pass(std::move(may.error()));
  if (c.role != "moderator" && c.role != "member") return fail(errc::invalid, "role must be moderator or member");
  if (!is_identifier(c.user.text, user_id_bytes_max)) return fail(errc::invalid, "this is no user's id");
  const bool makes = c.role == "moderator";
  const bool resigns = c.user == by.user && !makes;
  if (c.user == s.owner) return fail(errc::forbidden, "nobody changes the owner's role");
  if (by.user != s.owner && !resigns) return fail(errc::forbidden, "only the owner makes moderators");
  if (s.moderators.contains(c.user) == makes) return decided{};
  if (makes) {
    const auto is_guest = [&](const auto& m) { return m.second.user == c.user && m.second.guest; };
    if (std::ranges::any_of(s.members, is_guest)) return fail(errc::guests_not_allowed, "a guest cannot be moderator");
    if (s.bans.contains(c.user)) return fail(errc::conflict, "this user is banned");
    if (s.moderators.size() >= lounge_moderators_max)
      return fail(errc::conflict, "a lounge has at most " + std::to_string(lounge_moderators_max) + " moderators");
  }
  decided d;
  d.events.push_back(events::role_changed{c.user, c.role, by.user});
  return d;
}

void apply(lounge::state& s, const events::lounge_changed& e, time_point) {
  s.name = e.name;
  s.topic = e.topic;
  s.slow_mode_seconds = e.slow_mode_seconds;
  if (s.slow_mode_seconds == 0) s.last_words.clear();
}

void apply(lounge::state& s, const events::role_changed& e, time_point) {
  if (e.role == "moderator")
    s.moderators[e.user] = {e.by};
  else
    s.moderators.erase(e.user);
}

} // namespace parley::domain::moderation
