#include "actors/domain/people/conversation.hpp"

#include "actors/domain/people/account.hpp"
#include "actors/domain/people/inbox.hpp"
#include "actors/domain/rooms/room.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class Call>
requires std::same_as<std::remove_const_t<Call>, conversation::call_state>
void describe(Fields& f, Call& c) {
  f("id", c.id), f("caller", c.caller), f("callerSession", c.caller_session), f("calleeSession", c.callee_session);
  f("ringing", c.is_ringing), f("startedAt", c.started_at), f("acceptedAt", c.accepted_at);
}

template <class Fields, class Mark>
requires std::same_as<std::remove_const_t<Mark>, conversation::read_mark>
void describe(Fields& f, Mark& m) { f("seq", m.seq); }

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, conversation::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("first", s.first), f("second", s.second), f("about", s.about), f("read", s.read);
  f("blockedBy", s.blocked_by), f("call", s.call), f("readable", s.readable), f("seq", s.seq);
}

namespace {

using decided = decision<conversation::event>;
using namespace std::chrono_literals;

constexpr std::string_view ring_timer = "ring-timeout", restart_timer = "restart";

/// The two people, whether the conversation was opened or opens now.
struct pair_of {
  user_id first, second;
  [[nodiscard]] const user_id& other(const user_id& who) const { return who == first ? second : first; }
};

/// Opens a direct conversation when there is none. A guest opens none: whoever is blocked would come back as another
/// guest.
result<pair_of> enter(decided& d, const conversation::state& s, const conversation_id& id, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  pair_of p{s.first, s.second};
  if (s.id.empty()) {
    std::tie(p.first, p.second) = people_of(id);
    if (p.first.empty()) return fail(errc::not_found, "there is no such conversation");
  }
  if (by.user != p.first && by.user != p.second) return fail(errc::forbidden, "this is not your conversation");
  if (!s.id.empty()) return p;
  if (by.guest) return fail(errc::guests_not_allowed, "a guest answers who wrote or called first; sign in to be first");
  d.events.push_back(events::conversation_opened{id, p.first, p.second, {}});
  return p;
}

result<void> check_participant(const conversation::state& s, const context& by) {
  if (s.id.empty()) return fail(errc::not_found, "there is no such conversation");
  if (!s.has(by.user)) return fail(errc::forbidden, "this is not your conversation");
  return {};
}

stream_id inbox_of(const user_id& who) { return make_stream(inbox::family, who.text); }

// --- opening, messages, marks ---------------------------------------------------------------------------------------

result<decided> decide_one(const conversation::state& s, const conversation::open& c, const context&) {
  decided d;
  if (s.id.empty()) {
    if (c.first.empty() || c.second.empty() || c.first == c.second)
      return fail(errc::invalid, "a conversation takes two people");
    d.events.push_back(events::conversation_opened{c.id, c.first, c.second, c.about});
  } else if (s.first != c.first || s.second != c.second || s.about != c.about)
    return fail(errc::conflict, "there is another conversation with this id");
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::send& c, const context& by) {
  decided d;
  const auto people = enter(d, s, c.id, by);
  if (!people) return tl::make_unexpected(people.error());
  if (c.blocked || !s.blocked_by.empty()) return fail(errc::blocked);
  auto composed = compose(c.message, clipped_line(by.name, name_bytes_max), by);
  if (!composed) return tl::make_unexpected(std::move(composed.error()));
  auto& m = *composed;
  d.events.push_back(events::direct_message_sent{std::move(m.message), by.user, people->other(by.user), by.session,
                                                 s.about, std::move(m.name), std::move(m.text), std::move(m.reply_to),
                                                 std::move(m.client_time)});
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::typing& c, const context& by) {
  decided opening; // typing alone opens nothing
  const auto people = enter(opening, s, c.id, by);
  if (!people) return tl::make_unexpected(people.error());
  decided d;
  if (s.blocked_by.empty())
    d.remote_signals.push_back(
        {inbox_of(people->other(by.user)), direct_typing_signal{by.user, by.session, by.name, c.id, c.is_typing}});
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::ask_other&, const context& by) {
  if (auto fine = check_participant(s, by); !fine) return tl::make_unexpected(fine.error());
  return s.blocked_by.empty() ? result<decided>{decided{}} : fail(errc::blocked);
}

result<decided> decide_one(const conversation::state& s, const conversation::mark_read& c, const context& by) {
  if (auto fine = check_participant(s, by); !fine) return tl::make_unexpected(fine.error());
  decided d;
  const auto seq = std::min(c.seq, s.readable);
  const auto before = s.read.find(by.user);
  if (seq <= (before == s.read.end() ? 0 : before->second.seq)) return d;
  d.events.push_back(events::read_marked{by.user, seq});
  for (const auto& who : {s.first, s.second})
    d.remote_signals.push_back({inbox_of(who), read_signal{by.user, by.session, s.id, seq}});
  return d;
}

// --- calls ----------------------------------------------------------------------------------------------------------

using call_state = conversation::call_state;

std::string_view status_of(const call_state& c) {
  if (c.accepted()) return "accepted";
  return c.is_ringing ? "ringing" : "calling";
}

call_signal step_of(call_step step, const call_id& call, const context& by) {
  call_signal signal;
  signal.step = step;
  signal.call = call;
  signal.conversation = conversation_of(call);
  signal.user = by.user;
  signal.session = by.session;
  signal.name = by.name;
  return signal;
}

/// To all devices of one side, or the one that `to` names; but for the one it comes from.
void tell(decided& d, const user_id& whom, call_signal signal, const session_id& to = {}) {
  signal.to = to;
  d.remote_signals.push_back({inbox_of(whom), std::move(signal)});
}

timer_change ring_timer_of(time_point started, bool set) {
  return {set, {started + ring_time, {}, std::string{ring_timer}}};
}

/// Everybody who had to do with it hears of the end once; who ended it knows.
decided end(const conversation::state& s, const std::string& reason, const context& by) {
  decided d;
  const auto& c = *s.call;
  const auto& callee = s.other(c.caller);
  std::int64_t seconds = 0; // an accepted call had at least one, else it would count as missed
  if (c.accepted())
    seconds = std::max(std::chrono::duration_cast<std::chrono::seconds>(by.now - *c.accepted_at), 1s).count();
  d.events.push_back(events::call_ended{c.id, c.caller, callee, reason, by.user, static_cast<std::uint32_t>(seconds)});
  if (!c.accepted()) d.timers.push_back(ring_timer_of(c.started_at, false));
  d.timers.push_back({false, {at_restart, {}, std::string{restart_timer}}});
  auto ended = step_of(call_step::ended, c.id, by);
  ended.word = reason;
  if (c.caller_session != by.session) {
    auto told = ended;
    if (reason == "rejected") told.step = call_step::rejected;
    tell(d, c.caller, std::move(told), c.caller_session);
  }
  if (!c.accepted())
    tell(d, callee, std::move(ended));
  else if (c.callee_session != by.session)
    tell(d, callee, std::move(ended), c.callee_session);
  return d;
}

result<void> check_body(std::string_view payload, std::string_view sha256) {
  if (payload.size() > relay_bytes_max)
    return fail(errc::too_large,
                "an offer, answer or candidate has at most " + std::to_string(relay_bytes_max) + " bytes");
  if (payload.empty() || !is_utf8(payload)) return fail(errc::invalid, "the payload is empty or not valid UTF-8");
  if (sha256.size() != 64) return fail(errc::invalid, "a SHA-256 is needed");
  return {};
}

result<decided> decide_one(const conversation::state& s, const conversation::call& c, const context& by) {
  decided d;
  const auto people = enter(d, s, c.id, by);
  if (!people) return tl::make_unexpected(people.error());
  if (by.session.empty()) return fail(errc::invalid, "only a session can call");
  if (!s.blocked_by.empty()) return fail(errc::blocked);
  if (s.call) return decided{}; // glare, or asked again: the answer tells of the call there is
  if (!is_identifier(c.call.text, stream_id_bytes_max) || conversation_of(c.call) != c.id)
    return fail(errc::invalid, "the call's id does not lead to this conversation");
  if (auto fine = check_body(c.offer, c.sha256); !fine) return tl::make_unexpected(fine.error());
  const auto& callee = people->other(by.user);
  d.events.push_back(events::call_started{c.call, by.user, callee, by.session, c.offer.size(), c.sha256});
  if (!c.not_free.empty()) { // nobody's device rings
    d.events.push_back(events::call_ended{c.call, by.user, callee, c.not_free, {}, 0});
    auto told = step_of(call_step::ended, c.call, {});
    told.word = c.not_free;
    tell(d, by.user, std::move(told), by.session);
    return d;
  }
  d.timers.push_back(ring_timer_of(by.now, true));
  d.timers.push_back({true, {at_restart, {}, std::string{restart_timer}}});
  auto incoming = step_of(call_step::incoming, c.call, by);
  incoming.payload = c.offer;
  tell(d, callee, std::move(incoming));
  auto calling = step_of(call_step::calling, c.call, {});
  calling.word = "calling";
  tell(d, by.user, std::move(calling), by.session);
  return d;
}

bool is_meant(const conversation::state& s, const call_id& call) {
  return s.call && (call.empty() || call == s.call->id);
}

result<decided> decide_one(const conversation::state& s, const conversation::ring& c, const context&) {
  decided d;
  if (!is_meant(s, c.call) || s.call->is_ringing || s.call->accepted()) return d;
  d.events.push_back(events::call_ringing{s.call->id});
  auto calling = step_of(call_step::calling, s.call->id, {});
  calling.word = "ringing";
  tell(d, s.call->caller, std::move(calling), s.call->caller_session);
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::accept& c, const context& by) {
  if (auto fine = check_participant(s, by); !fine) return tl::make_unexpected(fine.error());
  if (!is_meant(s, c.call)) return fail(errc::not_found, "there is no such call any more");
  if (by.user == s.call->caller) return fail(errc::forbidden, "only who is called can accept");
  if (by.session.empty()) return fail(errc::invalid, "only a session can accept");
  if (s.call->accepted()) {
    if (s.call->callee_session == by.session) return decided{};
    return fail(errc::conflict, "the call was answered on another device");
  }
  if (auto fine = check_body(c.answer, c.sha256); !fine) return tl::make_unexpected(fine.error());
  decided d;
  d.events.push_back(events::call_accepted{s.call->id, by.user, by.session, c.answer.size(), c.sha256});
  d.timers.push_back(ring_timer_of(s.call->started_at, false));
  auto accepted = step_of(call_step::accepted, s.call->id, by);
  accepted.payload = c.answer;
  tell(d, s.call->caller, std::move(accepted), s.call->caller_session);
  auto elsewhere = step_of(call_step::ended, s.call->id, by);
  elsewhere.word = "answered-elsewhere";
  tell(d, by.user, std::move(elsewhere));
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::hang_up& c, const context& by) {
  if (auto fine = check_participant(s, by); !fine) return tl::make_unexpected(fine.error());
  if (!is_meant(s, c.call)) return decided{};
  if (s.call->accepted()) {
    const auto& own = by.user == s.call->caller ? s.call->caller_session : s.call->callee_session;
    if (own != by.session) return fail(errc::forbidden, "another of your devices has the call");
    return end(s, "ended", by);
  }
  return end(s, by.user == s.call->caller ? "cancelled" : "rejected", by);
}

result<decided> decide_one(const conversation::state& s, const conversation::candidate& c, const context& by) {
  if (auto fine = check_participant(s, by); !fine) return tl::make_unexpected(fine.error());
  if (!is_meant(s, c.call)) return fail(errc::not_found, "there is no such call any more");
  if (auto fine = check_body(c.candidate, std::string(64, '0')); !fine) return tl::make_unexpected(fine.error());
  const bool from_caller = by.user == s.call->caller;
  const auto& own = from_caller ? s.call->caller_session : s.call->callee_session;
  if ((from_caller || s.call->accepted()) && own != by.session)
    return fail(errc::forbidden, "another of your devices has the call");
  decided d;
  auto signal = step_of(call_step::candidate, s.call->id, by);
  signal.payload = c.candidate;
  tell(d, s.other(by.user), std::move(signal), from_caller ? s.call->callee_session : s.call->caller_session);
  return d;
}

result<decided> decide_one(const conversation::state& s, const conversation::end_call& c, const context& by) {
  return is_meant(s, c.call) ? end(s, c.reason, by) : decided{};
}

result<decided> decide_one(const conversation::state& s, const conversation::timer_fired& c, const context& by) {
  if (!s.call) return decided{};
  if (c.what == restart_timer) return end(s, "connection-lost", by);
  const bool due = c.what == ring_timer && !s.call->accepted() && by.now >= s.call->started_at + ring_time;
  return due ? end(s, "missed", by) : decided{};
}

result<decided> decide_one(const conversation::state& s, const conversation::block& c, const context& by) {
  decided d;
  const auto people = enter(d, s, c.id, by);
  if (!people) return tl::make_unexpected(people.error());
  if (s.blocked_by.contains(by.user) == c.on) return decided{};
  if (c.on && s.call) d = end(s, "blocked", by);
  if (c.on)
    d.events.push_back(events::blocked{by.user});
  else
    d.events.push_back(events::unblocked{by.user});
  return d;
}

// --- folding --------------------------------------------------------------------------------------------------------

void apply(conversation::state& s, const events::conversation_opened& e, time_point) {
  s.id = e.conversation;
  s.first = e.first;
  s.second = e.second;
  s.about = e.about;
}
void apply(conversation::state&, const events::direct_message_sent&, time_point) {}
void apply(conversation::state& s, const events::read_marked& e, time_point) { s.read[e.user] = {e.seq}; }
void apply(conversation::state& s, const events::blocked& e, time_point) { s.blocked_by.insert(e.by); }
void apply(conversation::state& s, const events::unblocked& e, time_point) { s.blocked_by.erase(e.by); }
void apply(conversation::state& s, const events::call_started& e, time_point when) {
  s.call = call_state{e.call, e.caller, e.session, {}, false, when, {}};
}
void apply(conversation::state& s, const events::call_ringing&, time_point) {
  if (s.call) s.call->is_ringing = true;
}
void apply(conversation::state& s, const events::call_accepted& e, time_point when) {
  if (!s.call) return;
  s.call->callee_session = e.session;
  s.call->accepted_at = when;
}
void apply(conversation::state& s, const events::call_ended&, time_point) { s.call.reset(); }

/// The conversation that a command names; empty when it names none.
conversation_id named_by(const conversation::command& c) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.id; }) return one.id;
        return conversation_id{};
      },
      c);
}

} // namespace

// --- ids ------------------------------------------------------------------------------------------------------------

conversation_id direct_conversation(const user_id& a, const user_id& b) {
  if (a.empty() || b.empty() || a == b) return {};
  const auto& [first, second] = std::minmax(a, b);
  return {first.text + between_users + second.text};
}

std::pair<user_id, user_id> people_of(const conversation_id& id) {
  const auto at = id.text.find(between_users);
  if (at == std::string::npos) return {};
  user_id first{id.text.substr(0, at)}, second{id.text.substr(at + 1)};
  if (first.empty() || direct_conversation(first, second) != id || second.text.find(between_users) != std::string::npos)
    return {};
  return {std::move(first), std::move(second)};
}

conversation_id conversation_of(const call_id& call) {
  const auto dot = call.text.find('.');
  return {dot == std::string::npos ? std::string{} : call.text.substr(dot + 1)};
}

// --- the entity -----------------------------------------------------------------------------------------------------

result<decision<conversation::event>> conversation::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void conversation::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  if (!std::holds_alternative<events::read_marked>(e)) s.readable = s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string conversation::reply(const state& after, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object().field("conversationId", after.id.empty() ? named_by(c).text : after.id.text);
  if (const auto* sent = std::get_if<send>(&c)) {
    out.field("id", sent->message.id.text);
    for (const auto* name : {"content", "text", "message"}) out.field(name, sent->message.text);
    out.field("senderId", by.user.text).field("receiverId", after.other(by.user).text);
    out.field("createdAt", to_iso8601(by.now)).field("timestamp", to_iso8601(by.now)).field("seq", at);
  } else if (std::holds_alternative<mark_read>(c)) {
    const auto mark = after.read.find(by.user);
    out.field("seq", mark == after.read.end() ? 0 : mark->second.seq);
  } else if (std::holds_alternative<ask_other>(c)) {
    out.field("otherId", after.other(by.user).text);
  } else if (std::holds_alternative<call>(c) || std::holds_alternative<accept>(c)) {
    const auto* asked = std::get_if<call>(&c);
    out.field("callId", after.call ? after.call->id.text : asked ? asked->call.text : std::string{});
    out.field("status", after.call ? status_of(*after.call) : std::string_view{"ended"});
    if (asked && after.call && after.call->id != asked->call) out.field("glare", after.call->caller != by.user);
  }
  out.end_object();
  return text;
}

std::string conversation::snapshot(const state& s) { return write_snapshot(s); }
result<conversation::state> conversation::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
