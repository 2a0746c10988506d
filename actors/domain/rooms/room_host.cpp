// What the host of a room does: lets in, sends away, removes, and says what the room is about.

#include "actors/domain/rooms/room_rules.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain::room_rules {
namespace {

result<void> check_host(const room::state& s, const context& by, std::string_view what) {
  if (auto open = check_open(s); !open) return open;
  if (by.user.empty() || by.user != s.host) return fail(errc::forbidden, "only the host " + std::string{what});
  return {};
}

/// The user that a target stands for: a session here or at the door is its user's.
user_id meant(const room::state& s, const std::string& target) {
  for (const auto* all : {&s.waiting, &s.members})
    if (const auto at = all->find(session_id{target}); at != all->end()) return at->second.user;
  return {target};
}

std::vector<session_id> sessions_of(const members& some, const user_id& user) {
  std::vector<session_id> found;
  for (const auto& [session, m] : some)
    if (m.user == user) found.push_back(session);
  return found;
}

void end_knocks(decided& d, const room::state& s, const std::vector<session_id>& knocking, std::string_view reason) {
  for (const auto& session : knocking) {
    d.events.push_back(ended_knock(s, session, s.waiting.at(session), reason));
    d.dismissed.push_back({session, std::string{reason}});
  }
}

} // namespace

result<decided> decide_one(const room::state& s, const room::admit& c, const context& by) {
  if (auto may = check_host(s, by, "lets people in"); !may) return tl::make_unexpected(std::move(may.error()));
  const auto user = meant(s, c.target);
  const auto knocking = sessions_of(s.waiting, user);
  decided d;
  if (knocking.empty() && !s.removed.contains(user)) {
    if (!s.admitted.contains(user)) return fail(errc::target_not_found);
    return d;
  }
  auto present = s.members.size();
  if (knocking.size() > s.capacity - std::min<std::size_t>(s.capacity, present)) return fail(errc::room_full);
  d.events.push_back(events::admitted{user, by.user});
  for (const auto& session : knocking) {
    const auto& m = s.waiting.at(session);
    d.events.push_back(events::joined{m.user, session, false, m.guest, count(++present), m.name});
    d.admitted.push_back(session);
  }
  return d;
}

result<decided> decide_one(const room::state& s, const room::deny& c, const context& by) {
  if (auto may = check_host(s, by, "sends people away"); !may) return tl::make_unexpected(std::move(may.error()));
  const auto knocking = sessions_of(s.waiting, meant(s, c.target));
  if (knocking.empty()) return fail(errc::target_not_found);
  decided d;
  end_knocks(d, s, knocking, "denied");
  return d;
}

result<decided> decide_one(const room::state& s, const room::kick& c, const context& by) {
  if (auto may = check_host(s, by, "removes people"); !may) return tl::make_unexpected(std::move(may.error()));
  const auto user = meant(s, c.target);
  if (user == s.host) return fail(errc::invalid, "the host stays; leave or close the room instead");
  const auto here = sessions_of(s.members, user), knocking = sessions_of(s.waiting, user);
  if (here.empty() && knocking.empty()) return fail(errc::target_not_found);
  constexpr std::string_view reason = "kicked";
  decided d;
  auto present = s.members.size();
  for (const auto& session : here) {
    d.events.push_back(leaving(s, session, s.members.at(session), --present, reason));
    d.dismissed.push_back({session, std::string{reason}});
  }
  end_knocks(d, s, knocking, reason);
  return d;
}

result<decided> decide_one(const room::state& s, const room::change& c, const context& by) {
  if (auto may = check_host(s, by, "changes a room"); !may) return tl::make_unexpected(std::move(may.error()));
  events::room_changed changed{s.title, s.starts_at, by.user};
  if (c.title) {
    auto title = clean_title(*c.title);
    if (!title) return tl::make_unexpected(std::move(title.error()));
    changed.title = std::move(*title);
  }
  if (c.starts_at && *c.starts_at != s.starts_at) {
    if (auto fine = check_start(*c.starts_at, by); !fine) return tl::make_unexpected(std::move(fine.error()));
    changed.starts_at = *c.starts_at;
  }
  decided d;
  if (changed.title != s.title || changed.starts_at != s.starts_at) d.events.push_back(std::move(changed));
  return d;
}

} // namespace parley::domain::room_rules
