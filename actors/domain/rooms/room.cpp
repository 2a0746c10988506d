#include "actors/domain/rooms/room.hpp"

#include "actors/domain/rooms/room_rules.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class Remembered>
requires std::same_as<std::remove_const_t<Remembered>, room::remembered>
void describe(Fields& f, Remembered& r) { f("seq", r.seq); }

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, room::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("displayId", s.display_id), f("host", s.host), f("title", s.title), f("capacity", s.capacity);
  f("openedAt", s.opened_at), f("expiresAt", s.expires_at), f("history", s.history), f("guests", s.guests);
  f("admission", s.admission), f("startsAt", s.starts_at), f("closed", s.closed), f("closeReason", s.close_reason);
  f("members", s.members), f("waiting", s.waiting), f("admitted", s.admitted), f("removed", s.removed);
  f("letGo", s.let_go), f("seq", s.seq);
}

namespace room_rules {
namespace {

constexpr std::string_view expiry_timer = "expiry", expired_reason = "expired", closed_reason = "closed-by-host";
constexpr std::string_view closed_left = "room-closed", expired_left = "room-expired"; ///< why everybody left

error closed_error(const room::state& s) {
  return {s.close_reason == expired_reason ? errc::room_expired : errc::room_closed, {}, 0};
}

} // namespace

result<void> check_open(const room::state& s) {
  if (s.id.empty()) return fail(errc::room_not_found);
  if (s.closed) return tl::make_unexpected(closed_error(s));
  return {};
}

result<const member*> caller(const room::state& s, const context& by) {
  if (auto open = check_open(s); !open) return tl::make_unexpected(std::move(open.error()));
  const auto at = s.members.find(by.session);
  if (at == s.members.end()) return fail(errc::not_member);
  return &at->second;
}

events::left leaving(const room::state& s, const session_id& session, const member& m, std::size_t after,
                     std::string_view reason) {
  return {m.user, session, m.user == s.host, count(after), std::string{reason}, m.name};
}

events::knock_ended ended_knock(const room::state& s, const session_id& session, const member& m,
                                std::string_view reason) {
  return {m.user, session, s.host, std::string{reason}};
}

result<std::string> clean_title(std::string_view title) { return clean_line(title, title_bytes_max, "title"); }

result<void> check_start(const std::optional<time_point>& starts_at, const context& by) {
  if (starts_at && *starts_at < by.now - start_past_max) return fail(errc::invalid, "startsAt is in the past");
  return {};
}

namespace {

/// Everybody goes, then the end; nobody has a timer or a place here any more.
decided end(const room::state& s, std::string_view left_reason, std::string_view reason, const user_id& by) {
  decided d;
  auto present = s.members.size();
  for (const auto& [session, m] : s.members) {
    d.events.push_back(leaving(s, session, m, --present, left_reason));
    d.dismissed.push_back({session, std::string{left_reason}});
  }
  for (const auto& [session, m] : s.waiting) {
    d.events.push_back(ended_knock(s, session, m, left_reason));
    d.dismissed.push_back({session, std::string{left_reason}});
  }
  d.events.push_back(events::room_closed{std::string{reason}, by});
  if (s.expires_at) d.timers.push_back({false, {*s.expires_at, {}, std::string{expiry_timer}}});
  return d;
}

decided expire(const room::state& s) { return end(s, expired_left, expired_reason, {}); }

// --- opening ------------------------------------------------------------------------------------------------------

bool is_room_id(std::string_view id) {
  return is_identifier(id, place_id_bytes_max) &&
         std::none_of(id.begin(), id.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

result<events::room_opened> make_opened(const room::open& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (!is_room_id(c.id.text)) return fail(errc::invalid, "roomId is empty, too long or no text");
  if (!c.display_id.empty() && !is_identifier(c.display_id, place_id_bytes_max))
    return fail(errc::invalid, "roomId is too long or no text");
  auto title = clean_title(c.title);
  if (!title) return tl::make_unexpected(std::move(title.error()));
  if (c.capacity < 1 || c.capacity > room_capacity_max)
    return fail(errc::invalid, "capacity must be 1 to " + std::to_string(room_capacity_max));
  if (c.lifetime && (*c.lifetime < room_lifetime_min || *c.lifetime > room_lifetime_max))
    return fail(errc::invalid, "expiresInSeconds must be 1 to " + std::to_string(room_lifetime_max.count()));
  if (c.history != "kept" && c.history != "none") return fail(errc::invalid, "history must be kept or none");
  if (c.admission != "open" && c.admission != asking) return fail(errc::invalid, "admission must be open or ask");
  events::room_opened e{c.id, c.display_id, by.user,  std::move(*title), c.capacity,
                        {},   c.history,    c.guests, c.admission,       c.starts_at};
  if (e.display_id.empty()) e.display_id = c.id.text;
  if (c.lifetime) e.expires_at = by.now + *c.lifetime;
  return e;
}

void add_opening(decided& d, events::room_opened e) {
  if (e.expires_at) d.timers.push_back({true, {*e.expires_at, {}, std::string{expiry_timer}}});
  d.events.push_back(std::move(e));
}

/// The time of opening differs between a command and its repeat; the lifetime does not.
bool is_as_opened(const room::state& s, const events::room_opened& e, const room::open& c) {
  const bool same_lifetime =
      s.expires_at.has_value() == c.lifetime.has_value() && (!c.lifetime || *s.expires_at == s.opened_at + *c.lifetime);
  return same_lifetime && s.id == e.room && s.host == e.host && s.title == e.title && s.capacity == e.capacity &&
         s.history == e.history && s.guests == e.guests && s.admission == e.admission && s.starts_at == e.starts_at;
}

result<decided> decide_one(const room::state& s, const room::open& c, const context& by) {
  auto opened = make_opened(c, by);
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  decided d;
  if (s.id.empty()) {
    // Of a new room only: a repeat may come after the start.
    if (auto fine = check_start(c.starts_at, by); !fine) return tl::make_unexpected(std::move(fine.error()));
    add_opening(d, std::move(*opened));
  } else if (s.closed)
    return tl::make_unexpected(closed_error(s));
  else if (!is_as_opened(s, *opened, c))
    return fail(errc::conflict, "there is another room with this id");
  return d;
}

// --- coming and going ---------------------------------------------------------------------------------------------

/// The host who comes after somebody knocked is told of it, too.
void tell_of_knocks(decided& d, const room::state& s, const context& by) {
  for (const auto& [session, m] : s.waiting)
    d.signals.push_back(knock_signal{m.user, session, by.session, m.name, m.guest});
}

result<decided> decide_one(const room::state& s, const room::join& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.session.empty()) return fail(errc::invalid, "only a session can join");
  decided d;
  auto host = s.host;
  if (s.id.empty() && c.open_if_absent && !c.returning) {
    room::open opening;
    opening.id = c.id;
    opening.display_id = c.display_id;
    auto opened = make_opened(opening, by);
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    host = by.user;
    add_opening(d, std::move(*opened));
  } else if (auto open = check_open(s); !open) {
    if (!s.let_go.contains(by.session)) return tl::make_unexpected(std::move(open.error()));
    d.dismissed.push_back(
        {by.session, s.close_reason == expired_reason ? std::string{expired_left} : std::string{closed_left}});
    d.refused_with = std::move(open.error());
    return d;
  } else if (s.members.contains(by.session) || s.waiting.contains(by.session))
    return d;
  else if (c.returning)
    return fail(errc::not_member);
  else if (auto welcome = check_welcome(s, by); !welcome)
    return tl::make_unexpected(std::move(welcome.error()));
  auto name = member_name(c.name, by);
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (must_knock(s, by)) {
    if (s.waiting.size() >= room_waiting_max) return fail(errc::room_full, "too many wait to be let in");
    d.events.push_back(events::knocked{by.user, by.session, s.host, by.guest, std::move(*name)});
    return d;
  }
  if (!s.id.empty() && s.members.size() >= s.capacity) return fail(errc::room_full);
  if (by.user == s.host) tell_of_knocks(d, s, by);
  d.events.push_back(
      events::joined{by.user, by.session, by.user == host, by.guest, count(s.members.size() + 1), std::move(*name)});
  return d;
}

result<decided> decide_one(const room::state& s, const room::leave& c, const context& by) {
  decided d;
  if (const auto in = s.members.find(by.session); in != s.members.end())
    d.events.push_back(leaving(s, in->first, in->second, s.members.size() - 1, c.reason));
  else if (const auto at = s.waiting.find(by.session); at != s.waiting.end())
    d.events.push_back(ended_knock(s, at->first, at->second, c.reason));
  return d;
}

// --- the end ------------------------------------------------------------------------------------------------------

result<decided> decide_one(const room::state& s, const room::close&, const context& by) {
  if (s.id.empty()) return fail(errc::room_not_found);
  if (by.user.empty() || by.user != s.host) return fail(errc::forbidden, "only the host closes a room");
  if (s.closed) return decided{};
  return end(s, closed_left, closed_reason, by.user);
}

/// The expiry of a room never changes, so its timer is believed even when this machine's clock was set back since.
result<decided> decide_one(const room::state& s, const room::timer_fired& c, const context&) {
  const bool due = c.what == expiry_timer && !s.closed && s.expires_at.has_value();
  return due ? expire(s) : decided{};
}

// --- folding ------------------------------------------------------------------------------------------------------

void apply(room::state& s, const events::room_opened& e, time_point when) {
  s.id = e.room;
  s.display_id = e.display_id;
  s.host = e.host;
  s.title = e.title;
  s.capacity = e.capacity;
  s.opened_at = when;
  s.expires_at = e.expires_at;
  s.history = e.history;
  s.guests = e.guests;
  s.admission = e.admission;
  s.starts_at = e.starts_at;
}

/// Remembers a user, if need be in the place of the one decided on longest ago.
void remember(std::map<user_id, room::remembered>& all, const user_id& user, version seq) {
  all[user] = {seq};
  if (all.size() <= room_remembered_max) return;
  all.erase(std::min_element(all.begin(), all.end(),
                             [](const auto& a, const auto& b) { return a.second.seq < b.second.seq; }));
}
void remove_for_good(room::state& s, const user_id& user) {
  s.admitted.erase(user);
  remember(s.removed, user, s.seq);
}

void apply(room::state& s, const events::joined& e, time_point when) {
  s.waiting.erase(e.session);
  s.members[e.session] = member{e.user, e.name, e.guest, when, s.seq};
}
void apply(room::state& s, const events::left& e, time_point) {
  const auto who = s.members.extract(e.session);
  if (who && (e.reason == closed_left || e.reason == expired_left)) s.let_go[e.session] = who.mapped().joined_seq;
  if (e.reason == "kicked") remove_for_good(s, e.user);
}
void apply(room::state& s, const events::knocked& e, time_point when) {
  s.waiting[e.session] = member{e.user, e.name, e.guest, when, s.seq};
}
void apply(room::state& s, const events::knock_ended& e, time_point) {
  s.waiting.erase(e.session);
  if (e.reason == "kicked") remove_for_good(s, e.user);
}
void apply(room::state& s, const events::admitted& e, time_point) {
  s.removed.erase(e.user);
  remember(s.admitted, e.user, s.seq);
}
void apply(room::state& s, const events::room_changed& e, time_point) {
  s.title = e.title;
  s.starts_at = e.starts_at;
}
void apply(room::state& s, const events::room_closed& e, time_point) {
  s.closed = true;
  s.close_reason = e.reason;
}
template <class Said> // messages, offers and answers change nobody's place
void apply(room::state&, const Said&, time_point) {}

// --- answers ------------------------------------------------------------------------------------------------------

void write_time(json_writer& out, std::string_view name, const std::optional<time_point>& t) {
  if (t)
    out.field(name, to_iso8601(*t));
  else
    out.key(name).null();
}

void describe_room(json_writer& out, const room::state& s, const context& by) {
  out.field("roomId", s.id.text).field("displayId", s.display_id);
  if (!s.title.empty()) out.field("title", s.title);
  write_time(out, "startsAt", s.starts_at);
  out.field("hostId", s.host.text).field("isHost", by.user == s.host);
  out.field("capacity", s.capacity).field("createdAt", to_iso8601(s.opened_at));
  write_time(out, "expiresAt", s.expires_at);
  out.field("history", s.history).field("guests", s.guests).field("admission", s.admission);
  out.field("participantCount", s.members.size());
}

void write_status(json_writer& out, const member& m) {
  out.field("muted", m.status.muted).field("videoOff", m.status.video_off).field("handRaised", m.status.hand_raised);
}

void write_knocks(json_writer& out, const members& waiting) {
  out.key("knocks").begin_array();
  for (const auto& [session, m] : waiting) {
    out.begin_object().field("userId", m.user.text).field("socketId", session.text).field("username", m.name);
    out.field("name", m.name).field("guest", m.guest).field("timestamp", to_iso8601(m.joined_at)).end_object();
  }
  out.end_array();
}

void describe_joining(json_writer& out, const room::state& s, const context& by, version at) {
  if (s.waiting.contains(by.session)) {
    out.field("roomId", s.id.text).field("waiting", true);
    return;
  }
  describe_room(out, s, by);
  write_members(out, s.members, s.host, by.session, write_status);
  if (s.admission == asking && by.user == s.host) write_knocks(out, s.waiting);
  out.field("userId", by.user.text).field("sessionId", by.session.text).field("seq", at);
}

} // namespace
} // namespace room_rules

result<decision<room::event>> room::decide(const state& s, const command& c, const context& by) {
  using namespace room_rules;
  // A question writes nothing, also not the end.
  const bool asks_only = std::holds_alternative<look>(c) || std::holds_alternative<look_back>(c);
  const bool overdue = !asks_only && !s.closed && s.expires_at && *s.expires_at <= by.now;
  if (!overdue) return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
  auto d = expire(s);
  const bool content = std::holds_alternative<leave>(c) || std::holds_alternative<timer_fired>(c) ||
                       (std::holds_alternative<close>(c) && by.user == s.host);
  if (!content) d.refused_with = error{errc::room_expired, {}, 0};
  return d;
}

void room::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { room_rules::apply(s, one, when); }, e);
}

void room::heed(state& s, const signal& shown) {
  const auto* said = std::get_if<status_signal>(&shown);
  const auto at = said ? s.members.find(said->session) : s.members.end();
  if (at == s.members.end()) return;
  auto& status = at->second.status;
  status.muted = said->muted.value_or(status.muted);
  status.video_off = said->video_off.value_or(status.video_off);
  status.hand_raised = said->hand_raised.value_or(status.hand_raised);
}

bool room::may_rest(const state& s) {
  return std::all_of(s.members.begin(), s.members.end(),
                     [](const auto& m) { return m.second.status == member_status{}; });
}

std::string room::reply(const state& after, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (std::holds_alternative<open>(c) || std::holds_alternative<change>(c))
    room_rules::describe_room(out, after, by);
  else if (std::holds_alternative<join>(c))
    room_rules::describe_joining(out, after, by, at);
  else if (const auto* sent = std::get_if<send>(&c)) {
    out.field("id", sent->message.id.text).field("roomId", after.id.text).field("seq", at);
    out.field("timestamp", to_iso8601(by.now));
  } else if (!after.id.empty()) {
    out.field("roomId", after.id.text);
    if (std::holds_alternative<look_back>(c)) {
      const auto removed = after.removed.find(by.user);
      out.field("seq", removed == after.removed.end() ? after.seq : removed->second.seq);
    }
  }
  out.end_object();
  return text;
}

std::string room::snapshot(const state& s) { return write_snapshot(s); }
result<room::state> room::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
