// Who may come into a room, and so who may look into it from outside.

#include "actors/domain/rooms/room_rules.hpp"

#include <algorithm>

namespace parley::domain::room_rules {
namespace {

/// A room remembers fewer whom it let in than it may hold: who is in it was let in.
bool is_in(const room::state& s, const user_id& user) {
  return std::any_of(s.members.begin(), s.members.end(), [&](const auto& m) { return m.second.user == user; });
}

} // namespace

result<void> check_welcome(const room::state& s, const context& by) {
  if (s.removed.contains(by.user)) return fail(errc::forbidden, "the host removed you from this room");
  if (by.guest && !s.guests && by.user != s.host) return fail(errc::guests_not_allowed);
  return {};
}

bool must_knock(const room::state& s, const context& by) {
  return s.admission == asking && by.user != s.host && !s.admitted.contains(by.user);
}

result<decided> decide_one(const room::state& s, const room::look&, const context& by) {
  if (s.id.empty()) return fail(errc::room_not_found);
  // Whom the host removed would else look without their token.
  const bool for_everybody = s.guests && s.admission != asking && s.removed.empty();
  if (by.user.empty() && !for_everybody) return fail(errc::unauthenticated);
  if (auto welcome = check_welcome(s, by); !welcome) return tl::make_unexpected(std::move(welcome.error()));
  if (must_knock(s, by) && !is_in(s, by.user)) return fail(errc::not_member);
  return decided{};
}

result<decided> decide_one(const room::state& s, const room::look_back&, const context& by) {
  if (s.removed.contains(by.user)) return decided{};
  return decide_one(s, room::look{}, by);
}

} // namespace parley::domain::room_rules
