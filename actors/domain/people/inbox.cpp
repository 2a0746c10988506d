#include "actors/domain/people/inbox.hpp"

#include "actors/domain/message.hpp"
#include "actors/domain/people/conversation.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class Engagement>
requires std::same_as<std::remove_const_t<Engagement>, inbox::engagement>
void describe(Fields& f, Engagement& e) {
  f("call", e.call), f("conversation", e.conversation), f("session", e.session);
}

template <class Fields, class Notification>
requires std::same_as<std::remove_const_t<Notification>, inbox::unread_notification>
void describe(Fields& f, Notification& n) { f("seq", n.seq); }

template <class Fields, class Place>
requires std::same_as<std::remove_const_t<Place>, errand_place>
void describe(Fields& f, Place& p) { f("after", p.after), f("index", p.index); }

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, inbox::state>
void describe(Fields& f, State& s) {
  f("owner", s.owner), f("members", s.members), f("away", s.away), f("contacts", s.contacts), f("unread", s.unread);
  f("call", s.call), f("taken", s.taken.last), f("seq", s.seq);
}

namespace {

using decided = decision<inbox::event>;

std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

// --- presence -------------------------------------------------------------------------------------------------------

bool is_away(const std::set<session_id>& away, const members& present) {
  return !present.empty() && away.size() >= present.size();
}

std::string_view status_of(const members& present, const std::set<session_id>& away) {
  if (present.empty()) return "offline";
  return is_away(away, present) ? "away" : "online";
}

/// Tells every contact, when it has changed.
void tell_presence(decided& d, const inbox::state& s, const user_id& owner, std::string_view now, const context& by) {
  if (status_of(s.members, s.away) == now) return;
  for (const auto& contact : s.contacts)
    d.remote_signals.push_back(
        {make_stream(inbox::family, contact.text), presence_signal{owner, {}, std::string{now}, by.now}});
}

result<decided> decide_one(const inbox::state& s, const inbox::join& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.session.empty()) return fail(errc::invalid, "only a session can join");
  if (!s.owner.empty() && s.owner != by.user) return fail(errc::forbidden, "this is somebody else's inbox");
  if (s.members.contains(by.session)) return decided{};
  if (c.returning) return fail(errc::not_member);
  if (s.members.size() >= inbox_sessions_max) return fail(errc::room_full, "too many devices at once");
  auto name = member_name(c.name, by);
  if (!name) return tl::make_unexpected(std::move(name.error()));
  decided d;
  tell_presence(d, s, by.user, "online", by);
  d.events.push_back(
      events::joined{by.user, by.session, false, by.guest, count(s.members.size() + 1), std::move(*name)});
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::leave& c, const context& by) {
  decided d;
  const auto at = s.members.find(by.session);
  if (at == s.members.end()) return d;
  auto present = s.members;
  auto away = s.away;
  present.erase(by.session);
  away.erase(by.session);
  tell_presence(d, s, s.owner, status_of(present, away), by);
  d.events.push_back(events::left{at->second.user, at->first, false, count(present.size()), c.reason, at->second.name});
  // The device that had the call is gone: the call is, too.
  if (s.call && s.call->session == by.session) {
    d.events.push_back(events::call_declined{s.call->call, s.call->conversation, "connection-lost"});
    d.events.push_back(events::disengaged{s.call->call});
  }
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::set_status& c, const context& by) {
  if (!s.members.contains(by.session)) return fail(errc::not_member);
  auto away = s.away;
  c.away ? void(away.insert(by.session)) : void(away.erase(by.session));
  decided d;
  if (away.size() == s.away.size()) return d;
  tell_presence(d, s, s.owner, status_of(s.members, away), by);
  d.events.push_back(events::status_set{by.session, c.away});
  return d;
}

// --- what it is told ------------------------------------------------------------------------------------------------

result<decided> decide_one(const inbox::state& s, const inbox::deliver& c, const context&) {
  decided d;
  const auto& other = c.message.user == c.owner ? c.message.to : c.message.user;
  if (c.message.about.empty() && !s.contacts.contains(other) && s.contacts.size() < contacts_max)
    d.events.push_back(events::contact_added{other});
  d.events.push_back(c.message);
  return d;
}

notification_id oldest_unread(const inbox::state& s) {
  return std::ranges::min_element(s.unread, {}, [](const auto& one) { return one.second.seq; })->first;
}

/// PostgreSQL keeps no NUL. A backslash that is itself escaped begins no escape.
bool escapes_nul(std::string_view text) {
  for (std::size_t i = text.find('\\'); i < text.size(); i = text.find('\\', i + 2))
    if (text.substr(i + 1, 5) == "u0000") return true;
  return false;
}

bool is_object(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false).is_object() && !escapes_nul(text);
}

result<decided> decide_one(const inbox::state& s, const inbox::notify& c, const context&) {
  if (!is_identifier(c.id.text, message_id_bytes_max)) return fail(errc::invalid, "id is empty, too long or no text");
  if (!is_identifier(c.kind, notification_kind_bytes_max))
    return fail(errc::invalid, "kind is empty, too long or no text");
  auto title = clean_line(c.title, notification_title_bytes_max, "title");
  if (!title) return tl::make_unexpected(std::move(title.error()));
  if (title->empty()) return fail(errc::invalid, "title is empty");
  if (c.body.size() > notification_body_bytes_max || c.data.size() > notification_data_bytes_max)
    return fail(errc::too_large, "body has at most " + std::to_string(notification_body_bytes_max) +
                                     " bytes, data at most " + std::to_string(notification_data_bytes_max));
  if (!is_utf8(c.body) || c.body.find('\0') != std::string::npos)
    return fail(errc::invalid, "body is not valid UTF-8, or has a NUL in it");
  if (!c.data.empty() && !is_object(c.data)) return fail(errc::invalid, "data is no JSON object");
  decided d;
  if (s.unread.contains(c.id)) return d;
  if (s.unread.size() >= unread_max) d.events.push_back(events::notification_read{oldest_unread(s)});
  d.events.push_back(events::notified{c.id, c.kind, std::move(*title), c.body, c.data});
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::mark_read& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (!s.owner.empty() && s.owner != by.user) return fail(errc::forbidden, "this is somebody else's inbox");
  decided d;
  if (s.unread.contains(c.id)) d.events.push_back(events::notification_read{c.id});
  return d;
}

// --- calls ----------------------------------------------------------------------------------------------------------

result<decided> decide_one(const inbox::state& s, const inbox::engage& c, const context&) {
  decided d;
  const bool gone = c.session.empty() ? s.members.empty() : !s.members.contains(c.session);
  if (s.call && s.call->call == c.call) {
    if (s.call->session == c.session || c.session.empty()) return d;
    if (!gone) {
      d.events.push_back(events::engaged{c.call, c.conversation, c.session});
    } else { // the device answered and went before we heard of it: nobody else would end the call
      d.events.push_back(events::call_declined{c.call, c.conversation, "connection-lost"});
      d.events.push_back(events::disengaged{c.call});
    }
    return d;
  }
  if (s.call)
    d.events.push_back(events::call_declined{c.call, c.conversation, "busy"});
  else if (gone)
    d.events.push_back(events::call_declined{c.call, c.conversation, "unavailable"});
  else
    d.events.push_back(events::engaged{c.call, c.conversation, c.session});
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::disengage& c, const context&) {
  decided d;
  if (s.call && s.call->call == c.call) d.events.push_back(events::disengaged{c.call});
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::forget& c, const context&) {
  decided d;
  if (s.contacts.contains(c.contact)) d.events.push_back(events::contact_removed{c.contact});
  return d;
}

result<decided> decide_one(const inbox::state& s, const inbox::ask_free&, const context& by) {
  // Of a call between the same two their conversation knows more: whether it is over by now.
  if (s.call && s.call->conversation != direct_conversation(s.owner, by.user)) return fail(errc::busy);
  if (s.members.empty()) return fail(errc::unreachable);
  return decided{};
}

// --- folding --------------------------------------------------------------------------------------------------------

void apply(inbox::state& s, const events::joined& e, time_point when) {
  s.owner = e.user;
  s.members[e.session] = member{e.user, e.name, e.guest, when, s.seq};
}
void apply(inbox::state& s, const events::left& e, time_point) {
  s.members.erase(e.session);
  s.away.erase(e.session);
}
void apply(inbox::state& s, const events::status_set& e, time_point) {
  e.away ? void(s.away.insert(e.session)) : void(s.away.erase(e.session));
}
void apply(inbox::state&, const events::message_delivered&, time_point) {}
void apply(inbox::state& s, const events::notified& e, time_point) {
  if (s.unread.size() >= unread_max) s.unread.erase(oldest_unread(s));
  s.unread[e.notification] = {s.seq};
}
void apply(inbox::state& s, const events::notification_read& e, time_point) { s.unread.erase(e.notification); }
void apply(inbox::state& s, const events::contact_added& e, time_point) { s.contacts.insert(e.user); }
void apply(inbox::state& s, const events::contact_removed& e, time_point) { s.contacts.erase(e.user); }
void apply(inbox::state& s, const events::engaged& e, time_point) {
  s.call = inbox::engagement{e.call, e.conversation, e.session};
}
void apply(inbox::state&, const events::call_declined&, time_point) {}
void apply(inbox::state& s, const events::disengaged& e, time_point) {
  if (s.call && s.call->call == e.call) s.call.reset();
}

} // namespace

result<decision<inbox::event>> inbox::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void inbox::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string inbox::reply(const state&, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (std::holds_alternative<join>(c))
    out.field("userId", by.user.text).field("sessionId", by.session.text).field("seq", at);
  else if (const auto* told = std::get_if<notify>(&c))
    out.field("id", told->id.text);
  else if (const auto* marked = std::get_if<mark_read>(&c))
    out.field("id", marked->id.text);
  out.end_object();
  return text;
}

std::string inbox::snapshot(const state& s) { return write_snapshot(s); }
result<inbox::state> inbox::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
