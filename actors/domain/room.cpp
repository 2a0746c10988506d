#include "actors/domain/room.hpp"

#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, room::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("displayId", s.display_id), f("host", s.host), f("title", s.title), f("capacity", s.capacity);
  f("openedAt", s.opened_at), f("expiresAt", s.expires_at), f("history", s.history), f("guests", s.guests);
  f("closed", s.closed), f("closeReason", s.close_reason), f("members", s.members);
  f("letGo", s.let_go), f("seq", s.seq);
}

namespace {

using decided = decision<room::event>;

constexpr std::string_view expiry_timer = "expiry", expired_reason = "expired", closed_reason = "closed-by-host";
constexpr std::string_view closed_left = "room-closed", expired_left = "room-expired"; ///< why everybody left

std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

error closed_error(const room::state& s) {
  return {s.close_reason == expired_reason ? errc::room_expired : errc::room_closed, {}, 0};
}

/// The room is there and open. Expiry was looked at before.
result<void> check_open(const room::state& s) {
  if (s.id.empty()) return fail(errc::room_not_found);
  if (s.closed) return tl::make_unexpected(closed_error(s));
  return {};
}

/// One `left` for each member, then the end; nobody has a timer or a place here any more.
decided end(const room::state& s, std::string_view left_reason, std::string_view reason, const user_id& by) {
  decided d;
  auto present = s.members.size();
  for (const auto& [session, m] : s.members) {
    d.events.push_back(
        events::left{m.user, session, m.user == s.host, count(--present), std::string{left_reason}, m.name});
    d.dismissed.push_back(session);
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
  auto title = clean_line(c.title, title_bytes_max, "title");
  if (!title) return tl::make_unexpected(std::move(title.error()));
  if (c.capacity < 1 || c.capacity > room_capacity_max)
    return fail(errc::invalid, "capacity must be 1 to " + std::to_string(room_capacity_max));
  if (c.lifetime && (*c.lifetime < room_lifetime_min || *c.lifetime > room_lifetime_max))
    return fail(errc::invalid, "expiresInSeconds must be 1 to " + std::to_string(room_lifetime_max.count()));
  if (c.history != "kept" && c.history != "none") return fail(errc::invalid, "history must be kept or none");
  events::room_opened e{c.id, c.display_id, by.user, std::move(*title), c.capacity, {}, c.history, c.guests};
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
         s.history == e.history && s.guests == e.guests;
}

result<decided> decide_one(const room::state& s, const room::open& c, const context& by) {
  auto opened = make_opened(c, by);
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  decided d;
  if (s.id.empty())
    add_opening(d, std::move(*opened));
  else if (s.closed)
    return tl::make_unexpected(closed_error(s));
  else if (!is_as_opened(s, *opened, c))
    return fail(errc::conflict, "there is another room with this id");
  return d;
}

// --- coming and going ---------------------------------------------------------------------------------------------

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
    d.dismissed.push_back(by.session);
    d.refused_with = std::move(open.error());
    return d;
  } else if (s.members.contains(by.session))
    return d;
  else if (c.returning)
    return fail(errc::not_member);
  else if (by.guest && !s.guests && by.user != s.host)
    return fail(errc::guests_not_allowed);
  else if (s.members.size() >= s.capacity)
    return fail(errc::room_full);
  auto name = member_name(c.name, by);
  if (!name) return tl::make_unexpected(std::move(name.error()));
  d.events.push_back(
      events::joined{by.user, by.session, by.user == host, by.guest, count(s.members.size() + 1), std::move(*name)});
  return d;
}

result<decided> decide_one(const room::state& s, const room::leave& c, const context& by) {
  decided d;
  if (const auto at = s.members.find(by.session); at != s.members.end())
    d.events.push_back(events::left{at->second.user, at->first, at->second.user == s.host, count(s.members.size() - 1),
                                    c.reason, at->second.name});
  return d;
}

// --- what members say ---------------------------------------------------------------------------------------------

result<const member*> caller(const room::state& s, const context& by) {
  if (auto open = check_open(s); !open) return tl::make_unexpected(std::move(open.error()));
  const auto at = s.members.find(by.session);
  if (at == s.members.end()) return fail(errc::not_member);
  return &at->second;
}

result<decided> decide_one(const room::state& s, const room::send& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  auto message = compose(c.message, (*who)->name, by);
  if (!message) return tl::make_unexpected(std::move(message.error()));
  decided d;
  d.events.push_back(std::move(*message));
  return d;
}

result<decided> decide_one(const room::state& s, const room::typing& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  decided d;
  d.signals.push_back(typing_signal{by.user, by.session, (*who)->name, c.is_typing});
  return d;
}

/// A session id, then a user id; nobody in particular is one target without a name.
result<std::vector<session_id>> targets_of(const room::state& s, const std::string& to, const session_id& from) {
  if (to.empty()) return std::vector{session_id{}};
  std::vector<session_id> found;
  if (s.members.contains(session_id{to})) {
    if (to != from.text) found.push_back(session_id{to});
  } else {
    for (const auto& [session, m] : s.members)
      if (m.user.text == to && session != from) found.push_back(session);
  }
  if (found.empty()) return fail(errc::target_not_found);
  if (found.size() > relay_targets_max)
    return fail(errc::conflict, "that user is here with too many sessions; name one of them");
  return found;
}

bool is_sha256(std::string_view hex) {
  return hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

result<decided> decide_one(const room::state& s, const room::relay& c, const context& by) {
  if (const auto who = caller(s, by); !who) return tl::make_unexpected(who.error());
  if (c.payload.size() > relay_bytes_max)
    return fail(errc::too_large,
                "an offer, answer or candidate has at most " + std::to_string(relay_bytes_max) + " bytes");
  if (c.payload.empty() || !is_utf8(c.payload)) return fail(errc::invalid, "the payload is empty or not valid UTF-8");
  if (c.kind != relay_kind::candidate && !is_sha256(c.sha256)) return fail(errc::invalid, "a SHA-256 is needed");
  const auto targets = targets_of(s, c.to, by.session);
  if (!targets) return tl::make_unexpected(targets.error());
  decided d;
  for (const auto& to : *targets) {
    if (c.kind == relay_kind::offer)
      d.events.push_back(events::offer_relayed{by.user, by.session, to.text, c.payload.size(), c.sha256});
    if (c.kind == relay_kind::answer)
      d.events.push_back(events::answer_relayed{by.user, by.session, to.text, c.payload.size(), c.sha256});
    d.signals.push_back(relay_signal{c.kind, by.user, by.session, to, c.payload});
  }
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
}
void apply(room::state& s, const events::joined& e, time_point when) {
  s.members[e.session] = member{e.user, e.name, e.guest, when, s.seq};
}
void apply(room::state& s, const events::left& e, time_point) {
  const auto who = s.members.extract(e.session);
  if (who && (e.reason == closed_left || e.reason == expired_left)) s.let_go[e.session] = who.mapped().joined_seq;
}
void apply(room::state& s, const events::room_closed& e, time_point) {
  s.closed = true;
  s.close_reason = e.reason;
}
template <class Said> // messages, offers and answers change nobody's place
void apply(room::state&, const Said&, time_point) {}

void describe_room(json_writer& out, const room::state& s) {
  out.field("roomId", s.id.text).field("displayId", s.display_id);
  if (!s.title.empty()) out.field("title", s.title);
  out.field("hostId", s.host.text).field("capacity", s.capacity).field("createdAt", to_iso8601(s.opened_at));
  if (s.expires_at) out.field("expiresAt", to_iso8601(*s.expires_at));
  out.field("history", s.history).field("guests", s.guests).field("participantCount", s.members.size());
}

} // namespace

result<decision<room::event>> room::decide(const state& s, const command& c, const context& by) {
  const bool overdue = !s.closed && s.expires_at && *s.expires_at <= by.now;
  if (!overdue) return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
  auto d = expire(s);
  const bool content = std::holds_alternative<leave>(c) || std::holds_alternative<timer_fired>(c) ||
                       (std::holds_alternative<close>(c) && by.user == s.host);
  if (!content) d.refused_with = error{errc::room_expired, {}, 0};
  return d;
}

void room::evolve(state& s, const event& e, time_point when) {
  ++s.seq;
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string room::reply(const state& after, const command& c, const context& by, version at) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (std::holds_alternative<open>(c))
    describe_room(out, after);
  else if (std::holds_alternative<join>(c)) {
    describe_room(out, after);
    write_members(out, after.members, after.host, by.session);
    out.field("userId", by.user.text).field("sessionId", by.session.text).field("seq", at);
  } else if (const auto* sent = std::get_if<send>(&c)) {
    out.field("id", sent->message.id.text).field("roomId", after.id.text).field("seq", at);
    out.field("timestamp", to_iso8601(by.now));
  } else if (!after.id.empty())
    out.field("roomId", after.id.text);
  out.end_object();
  return text;
}

std::string room::snapshot(const state& s) { return write_snapshot(s); }
result<room::state> room::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
