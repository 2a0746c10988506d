#include "actors/domain/lounges/lounge_moderation.hpp"

#include "actors/domain/people/account.hpp"
#include "actors/domain/text.hpp"

#include <algorithm>
#include <array>

namespace parley::domain::moderation {
namespace {

constexpr std::string_view over_timer = "over ";
constexpr std::array<std::string_view, 7> words{"warn", "mute", "unmute", "kick", "ban", "unban", "delete-message"};

tl::unexpected<error> pass(error&& e) { return tl::make_unexpected(std::move(e)); }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> of) {
  return std::ranges::find(of, word) != of.end();
}

// --- who may -----------------------------------------------------------------------------------------------------

result<void> check_outranks(const lounge::state& s, const context& by, const user_id& target) {
  if (rank(s, by.user) > rank(s, target)) return {};
  return fail(errc::forbidden, "moderators act on members, not on each other or the owner");
}

// --- mutes and bans in force -------------------------------------------------------------------------------------

using restrictions = std::map<user_id, lounge::restriction>;

const restrictions& of_kind(const lounge::state& s, std::string_view action) {
  return action == "mute" ? s.mutes : s.bans;
}
restrictions& of_kind(lounge::state& s, std::string_view action) { return action == "mute" ? s.mutes : s.bans; }

bool is_in_force(const lounge::state& s, std::string_view action, const user_id& target, const action_id& id) {
  const auto& all = of_kind(s, action);
  const auto at = all.find(target);
  return is_one_of(action, {"mute", "ban"}) && at != all.end() && at->second.action == id;
}

timer_change timer_of(const lounge::restriction& r, bool set) {
  return {set, {*r.until, {}, std::string{over_timer} + r.action.text}};
}

void cancel_timer(decided& d, const lounge::restriction& r) {
  if (r.until) d.timers.push_back(timer_of(r, false));
}

void expire(decided& d, std::string_view action, const user_id& target, const lounge::restriction& r) {
  d.events.push_back(events::moderation_expired{r.action, std::string{action}, target});
  cancel_timer(d, r);
}

error refusal(errc code, std::string_view what, const lounge::restriction& r) {
  auto sentence = "you are " + std::string{what};
  if (r.until) sentence += " until " + to_iso8601(*r.until);
  return {code, std::move(sentence), 0};
}

/// The oldest that is in force no more is forgotten for a new one.
void forget_an_action(lounge::state& s) {
  if (s.actions.size() < lounge_actions_max + s.mutes.size() + s.bans.size()) return;
  auto oldest = s.actions.end();
  for (auto at = s.actions.begin(); at != s.actions.end(); ++at) {
    if (is_in_force(s, at->second.action, at->second.target, at->first)) continue;
    if (oldest == s.actions.end() || at->second.seq < oldest->second.seq) oldest = at;
  }
  if (oldest != s.actions.end()) s.actions.erase(oldest);
}

// --- acting ------------------------------------------------------------------------------------------------------

/// The event as asked for, but for target and evidence. errc::invalid, naming the field.
result<events::moderation_action> make_action(const lounge::moderate& c, const context& by) {
  if (std::ranges::find(words, c.action) == words.end())
    return fail(errc::invalid, "action must be warn, mute, unmute, kick, ban, unban or delete-message");
  if (!is_identifier(c.id.text, action_id_bytes_max)) return fail(errc::invalid, "the action's id is no id");
  auto reason = clean_line(c.reason, moderation_reason_bytes_max, "reason");
  if (!reason) return pass(std::move(reason.error()));
  auto rule = clean_line(c.rule, rule_bytes_max, "rule");
  if (!rule) return pass(std::move(rule.error()));
  const bool lifts = is_one_of(c.action, {"unmute", "unban"});
  if (!lifts && reason->empty() && rule->empty()) return fail(errc::invalid, "a reason or a rule is needed");
  events::moderation_action e;
  e.id = c.id;
  e.action = c.action;
  e.by = by.user;
  e.rule = std::move(*rule);
  e.reason = std::move(*reason);
  if (!c.duration) return e;
  if (!is_one_of(c.action, {"mute", "ban"})) return fail(errc::invalid, "only a mute or a ban has a duration");
  if (*c.duration < restriction_min || *c.duration > restriction_max)
    return fail(errc::invalid, "durationSeconds must be 1 to " + std::to_string(restriction_max.count()));
  e.until = by.now + *c.duration;
  return e;
}

void add_evidence(events::moderation_action& e, const known_message& m) {
  e.message = m.id;
  e.message_seq = m.seq;
  e.sha256 = m.sha256;
}

/// Who is present is told with everybody else; the others are told wherever they are.
void tell_absent(decided& d, const lounge::state& s, const context& by) {
  if (d.events.empty()) return;
  const auto* e = std::get_if<events::moderation_action>(&d.events.front());
  const auto is_target = [&](const auto& m) { return m.second.user == e->target; };
  if (!e || std::ranges::any_of(s.members, is_target)) return;
  // Who was never heard here is not told: nobody is spoken to by a lounge that somebody made for it.
  if (std::ranges::none_of(s.recent, [&](const known_message& m) { return m.user == e->target; })) return;
  d.remote_signals.push_back(
      {make_stream("inbox", e->target.text),
       moderation_signal{by.user, by.session, s.id, e->id, e->action, e->target, e->reason, e->until}});
}

/// Every session of the target leaves.
void put_out(decided& d, const lounge::state& s, const user_id& target, std::string_view reason) {
  auto present = s.members.size();
  for (const auto& [session, m] : s.members) {
    if (m.user != target) continue;
    d.events.push_back(
        events::left{m.user, session, false, static_cast<std::uint32_t>(--present), std::string{reason}, m.name});
    d.dismissed.push_back({session, std::string{reason}});
  }
}

result<decided> restrict(const lounge::state& s, events::moderation_action e) {
  const auto& all = of_kind(s, e.action);
  const auto before = all.find(e.target);
  if (before == all.end() && all.size() >= lounge_restrictions_max)
    return fail(errc::conflict, "too many are in force here; lift some first");
  decided d;
  if (before != all.end()) cancel_timer(d, before->second);
  if (e.until) d.timers.push_back(timer_of({e.id, e.until}, true));
  const auto target = e.target;
  const bool bans = e.action == "ban";
  d.events.push_back(std::move(e));
  if (bans) put_out(d, s, target, "banned");
  return d;
}

decided lift(const lounge::state& s, events::moderation_action e) {
  const auto& all = of_kind(s, e.action == "unmute" ? "mute" : "ban");
  const auto before = all.find(e.target);
  decided d;
  if (before == all.end()) return d;
  cancel_timer(d, before->second);
  d.events.push_back(std::move(e));
  return d;
}

result<decided> kick(const lounge::state& s, events::moderation_action e) {
  decided d;
  const auto target = e.target;
  d.events.push_back(std::move(e));
  put_out(d, s, target, "kicked");
  if (d.dismissed.empty()) return fail(errc::target_not_found);
  return d;
}

decided deletion(const known_message& m, const context& by, std::optional<events::moderation_action> action) {
  decided d;
  if (m.deleted) return d;
  events::message_deleted gone{m.id, m.seq, by.user, {}};
  if (action) {
    gone.action = action->id;
    action->target = m.user;
    add_evidence(*action, m);
    d.events.push_back(std::move(*action));
  }
  d.events.push_back(std::move(gone));
  return d;
}

} // namespace

// --- what moderators do ------------------------------------------------------------------------------------------

static result<decided> act(const lounge::state& s, const lounge::moderate& c, const context& by) {
  if (auto may = check_moderates(s, by); !may) return pass(std::move(may.error()));
  auto action = make_action(c, by);
  if (!action) return pass(std::move(action.error()));
  if (s.actions.contains(c.id)) return decided{};
  std::optional<known_message> about;
  const bool deletes = c.action == "delete-message";
  if (!c.about.empty() || deletes) {
    auto found = find_message(s.recent, c.about, user_named(s, c.target));
    if (!found) return pass(std::move(found.error()));
    about = std::move(*found);
  }
  if (deletes) return deletion(*about, by, std::move(*action));
  action->target = user_named(s, c.target);
  if (!is_identifier(action->target.text, user_id_bytes_max)) return fail(errc::invalid, "targetId is no user's id");
  if (auto may = check_outranks(s, by, action->target); !may) return pass(std::move(may.error()));
  if (!about && !c.has_account && asks_who_it_is(s, c)) return fail(errc::target_not_found, "there is no such user");
  if (about && about->user != action->target) return fail(errc::invalid, "the message is not the target's");
  if (about) add_evidence(*action, *about);
  if (is_one_of(c.action, {"mute", "ban"})) return restrict(s, std::move(*action));
  if (is_one_of(c.action, {"unmute", "unban"})) return lift(s, std::move(*action));
  if (c.action == "kick") return kick(s, std::move(*action));
  decided d;
  d.events.push_back(std::move(*action));
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::moderate& c, const context& by) {
  auto d = act(s, c, by);
  if (d) tell_absent(*d, s, by);
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::delete_message& c, const context& by) {
  if (s.id.empty()) return fail(errc::lounge_not_found);
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (auto may = check_not_banned(s, by.user); !may) return pass(std::move(may.error()));
  auto m = find_message(s.recent, c.which, by.user);
  if (!m) return pass(std::move(m.error()));
  if (m->user == by.user) return deletion(*m, by, {});
  if (rank(s, by.user) == 0) return fail(errc::forbidden, "this is somebody else's message");
  lounge::moderate as_moderator;
  as_moderator.id = c.id;
  as_moderator.action = "delete-message";
  as_moderator.reason = c.reason.empty() ? "deleted" : c.reason;
  auto action = make_action(as_moderator, by);
  if (!action) return pass(std::move(action.error()));
  return deletion(*m, by, std::move(*action));
}

// --- appeals -----------------------------------------------------------------------------------------------------

result<decided> decide_one(const lounge::state& s, const lounge::appeal& c, const context& by) {
  const auto at = s.actions.find(c.action);
  if (at == s.actions.end()) return fail(errc::not_found, "no such action, or it is too long ago");
  const auto& [id, action] = *at;
  if (by.user.empty() || by.user != action.target)
    return fail(errc::forbidden, "only whom it was done to appeals against it");
  if (is_one_of(action.action, {"unmute", "unban"})) return fail(errc::conflict, "there is nothing to appeal against");
  if (action.appealed) return fail(errc::conflict, "an appeal was made already");
  if (action.reversed) return fail(errc::conflict, "it was reversed already");
  if (c.text.size() > appeal_bytes_max)
    return fail(errc::invalid, "text is longer than " + std::to_string(appeal_bytes_max) + " bytes");
  if (c.text.empty() || !is_utf8(c.text) || c.text.find('\0') != std::string::npos)
    return fail(errc::invalid, "text is empty or no text");
  decided d;
  d.events.push_back(events::moderation_appealed{id, by.user, c.text});
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::reverse& c, const context& by) {
  if (!c.by_operator)
    if (auto may = check_moderates(s, by); !may) return pass(std::move(may.error()));
  const auto at = s.actions.find(c.action);
  if (at == s.actions.end()) return fail(errc::not_found, "no such action, or it is too long ago");
  const auto& [id, action] = *at;
  const bool judge_in_own_cause = by.user == action.by || by.user == action.target;
  if (judge_in_own_cause && by.user != s.owner && !c.by_operator)
    return fail(errc::forbidden, "somebody else decides about this");
  if (is_one_of(action.action, {"unmute", "unban"})) return fail(errc::conflict, "there is nothing to reverse");
  auto reason = clean_line(c.reason, moderation_reason_bytes_max, "reason");
  if (!reason) return pass(std::move(reason.error()));
  decided d;
  if (action.reversed) return d;
  const bool lifts = is_in_force(s, action.action, action.target, id);
  if (lifts) cancel_timer(d, of_kind(s, action.action).at(action.target));
  d.events.push_back(events::moderation_reversed{id, action.action, action.target, by.user, lifts, std::move(*reason)});
  return d;
}

// --- the end of mutes and bans -----------------------------------------------------------------------------------

/// The end of an action never changes, so its timer is believed even when this machine's clock was set back since.
result<decided> decide_one(const lounge::state& s, const lounge::timer_fired& c, const context&) {
  decided d;
  for (const std::string_view action : {"mute", "ban"})
    for (const auto& [user, r] : of_kind(s, action))
      if (r.until && c.what == timer_of(r, true).timer.what) expire(d, action, user, r);
  return d;
}

decided overdue(const lounge::state& s, const lounge::command& c, const context& by) {
  decided d;
  if (s.mutes.empty() && s.bans.empty()) return d;
  std::array<user_id, 2> concerned{by.user, {}};
  if (const auto* m = std::get_if<lounge::moderate>(&c)) concerned[1] = user_named(s, m->target);
  if (const auto* r = std::get_if<lounge::set_role>(&c)) concerned[1] = r->user;
  if (const auto* r = std::get_if<lounge::reverse>(&c))
    if (const auto at = s.actions.find(r->action); at != s.actions.end()) concerned[1] = at->second.target;
  if (concerned[1] == concerned[0]) concerned[1] = {};
  for (const auto& user : concerned)
    for (const std::string_view action : {"mute", "ban"}) {
      const auto& all = of_kind(s, action);
      const auto at = all.find(user);
      if (at != all.end() && at->second.until && *at->second.until <= by.now) expire(d, action, user, at->second);
    }
  return d;
}

result<void> check_not_banned(const lounge::state& s, const user_id& user) {
  if (const auto at = s.bans.find(user); at != s.bans.end())
    return tl::make_unexpected(refusal(errc::banned, "banned from here", at->second));
  return {};
}

result<void> check_not_muted(const lounge::state& s, const user_id& user) {
  if (const auto at = s.mutes.find(user); at != s.mutes.end())
    return tl::make_unexpected(refusal(errc::muted, "muted here", at->second));
  return {};
}

bool asks_who_it_is(const lounge::state& s, const lounge::moderate& c) {
  if (!is_one_of(c.action, {"warn", "mute", "ban"})) return false;
  const auto target = user_named(s, c.target);
  if (!is_identifier(target.text, user_id_bytes_max) || needs_no_account(target)) return false;
  const auto is_target = [&](const auto& m) { return m.second.user == target; };
  const auto is_from_target = [&](const known_message& m) { return m.user == target; };
  return rank(s, target) == 0 && !s.mutes.contains(target) && !s.bans.contains(target) &&
         std::ranges::none_of(s.members, is_target) && std::ranges::none_of(s.recent, is_from_target);
}

user_id user_named(const lounge::state& s, const std::string& target) {
  const auto at = s.members.find(session_id{target});
  return at == s.members.end() ? user_id{target} : at->second.user;
}

// --- folding -----------------------------------------------------------------------------------------------------

void apply(lounge::state& s, const events::moderation_action& e, time_point when) {
  forget_an_action(s);
  s.actions[e.id] = {e.action, e.target, e.by, e.until, when, s.seq, false, false};
  if (is_one_of(e.action, {"mute", "ban"})) of_kind(s, e.action)[e.target] = {e.id, e.until};
  if (e.action == "unmute") s.mutes.erase(e.target);
  if (e.action == "unban") s.bans.erase(e.target);
}

void apply(lounge::state& s, const events::moderation_expired& e, time_point) {
  if (is_in_force(s, e.action, e.target, e.id)) of_kind(s, e.action).erase(e.target);
}

void apply(lounge::state& s, const events::moderation_appealed& e, time_point) {
  if (const auto at = s.actions.find(e.id); at != s.actions.end()) at->second.appealed = true;
}

void apply(lounge::state& s, const events::moderation_reversed& e, time_point) {
  if (const auto at = s.actions.find(e.id); at != s.actions.end()) at->second.reversed = true;
  if (e.lifted && is_in_force(s, e.action, e.target, e.id)) of_kind(s, e.action).erase(e.target);
}

void apply(lounge::state& s, const events::message_deleted& e, time_point) { mark_deleted(s.recent, e.message_seq); }

} // namespace parley::domain::moderation
