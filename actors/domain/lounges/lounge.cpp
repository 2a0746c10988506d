#include "actors/domain/lounges/lounge.hpp"

#include "actors/domain/lounges/lounge_moderation.hpp"
#include "actors/domain/people/account.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

#include <algorithm>

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::granted>
void describe(Fields& f, State& s) { f("by", s.by); }
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::restriction>
void describe(Fields& f, State& s) { f("action", s.action), f("until", s.until); }
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::spoken>
void describe(Fields& f, State& s) { f("at", s.at); }
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::acted>
void describe(Fields& f, State& s) {
  f("action", s.action), f("target", s.target), f("by", s.by), f("until", s.until), f("at", s.at), f("seq", s.seq);
  f("appealed", s.appealed), f("reversed", s.reversed);
}
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, known_message>
void describe(Fields& f, State& s) {
  f("seq", s.seq), f("id", s.id), f("user", s.user), f("sha256", s.sha256), f("deleted", s.deleted);
}

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("owner", s.owner), f("name", s.name), f("topic", s.topic), f("createdAt", s.created_at);
  f("slowModeSeconds", s.slow_mode_seconds), f("members", s.members), f("moderators", s.moderators);
  f("mutes", s.mutes), f("bans", s.bans), f("actions", s.actions), f("lastWords", s.last_words);
  f("recent", s.recent), f("seq", s.seq);
}

namespace {

using moderation::apply;
using moderation::decide_one;
using moderation::decided;

std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

result<const member*> caller(const lounge::state& s, const context& by) {
  if (s.id.empty()) return fail(errc::lounge_not_found);
  if (auto welcome = moderation::check_not_banned(s, by.user); !welcome)
    return tl::make_unexpected(std::move(welcome.error()));
  const auto at = s.members.find(by.session);
  if (at == s.members.end()) return fail(errc::not_member);
  return &at->second;
}

result<decided> decide_one(const lounge::state& s, const lounge::create& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (!is_identifier(c.id.text, place_id_bytes_max)) return fail(errc::invalid, "the lounge's id is empty or too long");
  auto name = clean_line(c.name, lounge_name_bytes_max, "name");
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (name->empty()) return fail(errc::invalid, "name is empty");
  auto topic = clean_line(c.topic, lounge_topic_bytes_max, "topic");
  if (!topic) return tl::make_unexpected(std::move(topic.error()));
  decided d;
  const bool same = s.id == c.id && s.owner == by.user && s.name == *name && s.topic == *topic;
  if (!s.id.empty() && !same) return fail(errc::conflict, "there is another lounge with this id");
  if (s.id.empty()) d.events.push_back(events::lounge_created{c.id, by.user, std::move(*name), std::move(*topic)});
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::join& c, const context& by) {
  if (s.id.empty()) return fail(errc::lounge_not_found);
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.session.empty()) return fail(errc::invalid, "only a session can join");
  if (s.members.contains(by.session)) return decided{};
  if (c.returning) return fail(errc::not_member);
  if (auto welcome = moderation::check_not_banned(s, by.user); !welcome)
    return tl::make_unexpected(std::move(welcome.error()));
  if (s.members.size() >= lounge_sessions_max) return fail(errc::room_full, "the lounge is full");
  auto name = member_name(c.name, by);
  if (!name) return tl::make_unexpected(std::move(name.error()));
  decided d;
  d.events.push_back(
      events::joined{by.user, by.session, by.user == s.owner, by.guest, count(s.members.size() + 1), std::move(*name)});
  return d;
}

/// Never refused: a session must be able to leave what it may have entered.
result<decided> decide_one(const lounge::state& s, const lounge::leave& c, const context& by) {
  decided d;
  if (const auto at = s.members.find(by.session); at != s.members.end())
    d.events.push_back(events::left{at->second.user, at->first, at->second.user == s.owner, count(s.members.size() - 1),
                                    c.reason, at->second.name});
  return d;
}

/// A present member who may speak.
result<const member*> speaker(const lounge::state& s, const context& by) {
  auto who = caller(s, by);
  if (!who) return who;
  if (auto may = moderation::check_not_muted(s, by.user); !may) return tl::make_unexpected(std::move(may.error()));
  return who;
}

/// Members wait between two messages; a clock that was set back makes nobody wait longer than that.
result<void> check_slow_mode(const lounge::state& s, const context& by) {
  const auto last = s.last_words.find(by.user);
  if (s.slow_mode_seconds == 0 || last == s.last_words.end() || moderation::role_of(s, by.user) != "member") return {};
  const std::chrono::seconds pause{s.slow_mode_seconds};
  const auto waited = by.now - last->second.at;
  if (waited >= pause || waited < std::chrono::seconds{0}) return {};
  const auto left = std::chrono::ceil<std::chrono::seconds>(pause - waited);
  return fail(errc::rate_limited, "slow mode: one message each " + std::to_string(pause.count()) + " seconds",
              static_cast<int>(left.count()));
}

/// Whose pause is over is forgotten when there are many, then whoever waited longest.
void note_words(lounge::state& s, const user_id& user, time_point when) {
  if (s.slow_mode_seconds == 0 || moderation::role_of(s, user) != "member") return;
  if (s.last_words.size() >= slowed_users_max && !s.last_words.contains(user)) {
    const std::chrono::seconds pause{s.slow_mode_seconds};
    std::erase_if(s.last_words, [&](const auto& w) { return when - w.second.at >= pause; });
    if (s.last_words.size() >= slowed_users_max)
      s.last_words.erase(std::ranges::min_element(s.last_words, {}, [](const auto& w) { return w.second.at; }));
  }
  s.last_words[user] = {when};
}

result<decided> decide_one(const lounge::state& s, const lounge::send& c, const context& by) {
  const auto who = speaker(s, by);
  if (!who) return tl::make_unexpected(who.error());
  if (auto may = check_slow_mode(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  auto message = compose(c.message, (*who)->name, by);
  if (!message) return tl::make_unexpected(std::move(message.error()));
  decided d;
  d.events.push_back(std::move(*message));
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::typing& c, const context& by) {
  const auto who = speaker(s, by);
  if (!who) return tl::make_unexpected(who.error());
  decided d;
  d.signals.push_back(typing_signal{by.user, by.session, (*who)->name, c.is_typing});
  return d;
}

void apply(lounge::state& s, const events::lounge_created& e, time_point when) {
  s.id = e.lounge;
  s.owner = e.owner;
  s.name = e.name;
  s.topic = e.topic;
  s.created_at = when;
}
void apply(lounge::state& s, const events::joined& e, time_point when) {
  s.members[e.session] = member{e.user, e.name, e.guest, when, s.seq};
}
void apply(lounge::state& s, const events::left& e, time_point) { s.members.erase(e.session); }
void apply(lounge::state& s, const events::message_sent& e, time_point when) {
  remember(s.recent, s.seq, e);
  note_words(s, e.user, when);
}

void describe_lounge(json_writer& out, const lounge::state& s) {
  out.field("id", s.id.text).field("loungeId", s.id.text).field("name", s.name).field("topic", s.topic);
  out.field("ownerId", s.owner.text).field("createdAt", to_iso8601(s.created_at));
  out.field("slowModeSeconds", s.slow_mode_seconds).field("participantCount", s.members.size());
}

void write_joined(json_writer& out, const lounge::state& s, const context& by, version at) {
  describe_lounge(out, s);
  out.key("moderators").begin_array();
  for (const auto& [user, grant] : s.moderators) out.value(user.text);
  out.end_array();
  write_members(out, s.members, s.owner, by.session, [&](json_writer& each, const member& m) {
    each.field("role", moderation::role_of(s, m.user));
    const auto mute = s.mutes.find(m.user);
    each.field("muted", mute != s.mutes.end());
    if (mute != s.mutes.end() && mute->second.until) each.field("mutedUntil", to_iso8601(*mute->second.until));
  });
  out.field("role", moderation::role_of(s, by.user)).field("userId", by.user.text);
  out.field("sessionId", by.session.text).field("seq", at);
}

/// Of what changed nothing, there is nothing to tell but the place.
void write_action(json_writer& out, const lounge::state& s, const lounge::moderate& c, version at) {
  out.field("loungeId", s.id.text).field("action", c.action);
  const auto known = s.actions.find(c.id);
  if (known == s.actions.end()) return;
  const auto& action = known->second;
  out.field("id", c.id.text).field("actionId", c.id.text).field("targetId", action.target.text);
  out.field("by", action.by.text).field("reason", c.reason);
  if (action.until)
    out.field("until", to_iso8601(*action.until));
  else
    out.key("until").null();
  out.field("createdAt", to_iso8601(action.at)).field("seq", at);
}

} // namespace

std::optional<stream_id> lounge::asks_for(const state& s, const command& c) {
  const auto* m = std::get_if<moderate>(&c);
  if (!m || !moderation::asks_who_it_is(s, *m)) return std::nullopt;
  return make_stream(account::family, moderation::user_named(s, m->target).text);
}

void lounge::tell(command& c, const parley::event&) { std::get<moderate>(c).has_account = true; }

result<decision<lounge::event>> lounge::decide(const state& s, const command& c, const context& by) {
  const auto ask = [&](const state& now) {
    return std::visit([&](const auto& one) { return decide_one(now, one, by); }, c);
  };
  auto over = moderation::overdue(s, c, by);
  if (over.events.empty()) return ask(s);
  auto now = s;
  for (const auto& e : over.events) evolve(now, e, by.now);
  auto d = ask(now);
  if (!d) {
    over.refused_with = std::move(d.error());
    return over;
  }
  d->events.insert(d->events.begin(), over.events.begin(), over.events.end());
  d->timers.insert(d->timers.begin(), over.timers.begin(), over.timers.end());
  return d;
}

void lounge::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string lounge::reply(const state& after, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (std::holds_alternative<create>(c) || std::holds_alternative<change>(c))
    describe_lounge(out, after);
  else if (std::holds_alternative<join>(c))
    write_joined(out, after, by, at);
  else if (const auto* action = std::get_if<moderate>(&c))
    write_action(out, after, *action, at);
  else if (const auto* sent = std::get_if<send>(&c)) {
    out.field("id", sent->message.id.text).field("loungeId", after.id.text).field("seq", at);
    out.field("timestamp", to_iso8601(by.now));
  } else
    out.field("loungeId", after.id.text);
  out.end_object();
  return text;
}

std::string lounge::snapshot(const state& s) { return write_snapshot(s); }
result<lounge::state> lounge::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
