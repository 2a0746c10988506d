#include "actors/domain/lounge.hpp"

#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, lounge::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("owner", s.owner), f("name", s.name), f("topic", s.topic), f("createdAt", s.created_at);
  f("members", s.members), f("seq", s.seq);
}

namespace {

using decided = decision<lounge::event>;

std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

result<const member*> caller(const lounge::state& s, const context& by) {
  if (s.id.empty()) return fail(errc::lounge_not_found);
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

result<decided> decide_one(const lounge::state& s, const lounge::send& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  auto message = compose(c.message, (*who)->name, by);
  if (!message) return tl::make_unexpected(std::move(message.error()));
  decided d;
  d.events.push_back(std::move(*message));
  return d;
}

result<decided> decide_one(const lounge::state& s, const lounge::typing& c, const context& by) {
  const auto who = caller(s, by);
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
void apply(lounge::state&, const events::message_sent&, time_point) {}

void describe_lounge(json_writer& out, const lounge::state& s) {
  out.field("id", s.id.text).field("loungeId", s.id.text).field("name", s.name).field("topic", s.topic);
  out.field("ownerId", s.owner.text).field("createdAt", to_iso8601(s.created_at));
  out.field("participantCount", s.members.size());
}

} // namespace

result<decision<lounge::event>> lounge::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void lounge::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string lounge::reply(const state& after, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (std::holds_alternative<create>(c))
    describe_lounge(out, after);
  else if (std::holds_alternative<join>(c)) {
    describe_lounge(out, after);
    write_members(out, after.members, after.owner, by.session);
    out.field("userId", by.user.text).field("sessionId", by.session.text).field("seq", at);
  } else if (const auto* sent = std::get_if<send>(&c)) {
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
