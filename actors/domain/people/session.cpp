#include "actors/domain/people/session.hpp"

#include "actors/domain/people/account.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, session::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("user", s.user), f("login", s.login), f("guest", s.guest), f("name", s.name), f("places", s.places);
  f("graceUntil", s.grace_until), f("closed", s.closed), f("closeReason", s.close_reason);
}

namespace {

using decided = decision<session::event>;

constexpr std::string_view grace_timer = "grace", restart_timer = "restart";

timer_change set_timer(time_point due, std::string_view what) { return {true, {due, {}, std::string{what}}}; }
timer_change cancel_timer(time_point due, std::string_view what) { return {false, {due, {}, std::string{what}}}; }

result<decided> decide_one(const session::state& s, const session::enter& c, const context& by) {
  if (s.closed) return fail(errc::session_revoked, "the session is over");
  if (!s.id.empty() && by.user != s.user) return fail(errc::forbidden, "the session belongs to somebody else");
  if (c.id.empty() || by.user.empty() || c.place.key().empty() || c.place.text.size() > stream_id_bytes_max)
    return fail(errc::invalid, "a session, its user and a place are needed");
  if (s.places.contains(c.place)) return decided{};
  if (s.places.size() >= places_max) return fail(errc::conflict, "in too many places at once; leave one first");
  decided d;
  if (s.id.empty()) {
    d.events.push_back(events::session_opened{c.id, by.user, c.login, by.guest, clipped_line(by.name, name_bytes_max)});
    d.timers.push_back(set_timer(at_restart, restart_timer));
  }
  d.events.push_back(events::entered{c.place});
  return d;
}

result<decided> decide_one(const session::state& s, const session::exit& c, const context&) {
  decided d;
  if (!s.places.contains(c.place)) return d;
  d.events.push_back(events::exited{c.place});
  if (s.closed && s.places.size() == 1) d.timers.push_back(cancel_timer(at_restart, restart_timer));
  return d;
}

decided drop(const session::state& s, std::string reason, std::chrono::milliseconds grace, time_point now) {
  const auto until = now + std::clamp(grace, std::chrono::milliseconds{0}, grace_max);
  decided d;
  if (s.grace_until == until) return d;
  if (s.grace_until) d.timers.push_back(cancel_timer(*s.grace_until, grace_timer));
  d.timers.push_back(set_timer(until, grace_timer));
  d.events.push_back(events::disconnected{std::move(reason), until});
  return d;
}

result<decided> decide_one(const session::state& s, const session::disconnect& c, const context& by) {
  if (s.id.empty() || s.closed || s.grace_until) return decided{};
  return drop(s, c.reason, c.grace, by.now);
}

result<decided> decide_one(const session::state& s, const session::resume&, const context&) {
  if (s.closed) return fail(errc::session_revoked, "the session is over");
  decided d;
  if (!s.grace_until) return d;
  d.events.push_back(events::resumed{});
  d.timers.push_back(cancel_timer(*s.grace_until, grace_timer));
  return d;
}

decided end(const session::state& s, std::string reason) {
  decided d;
  if (s.id.empty() || s.closed) return d;
  d.events.push_back(events::session_closed{std::move(reason)});
  if (s.grace_until) d.timers.push_back(cancel_timer(*s.grace_until, grace_timer));
  if (s.places.empty()) d.timers.push_back(cancel_timer(at_restart, restart_timer));
  return d;
}

result<decided> decide_one(const session::state& s, const session::close& c, const context&) {
  return end(s, c.reason);
}

result<decided> decide_one(const session::state& s, const session::timer_fired& c, const context& by) {
  // A timer on its way while the client came back, or went again, is not the one that counts now.
  if (c.what == grace_timer) return s.grace_until && *s.grace_until <= by.now ? end(s, "connection-lost") : decided{};
  if (c.what != restart_timer) return decided{};
  decided d;
  if (s.id.empty() || (s.closed && s.places.empty()))
    d.timers.push_back(cancel_timer(at_restart, restart_timer));
  else if (!s.closed && (!s.grace_until || *s.grace_until < by.now + c.grace))
    return drop(s, "server-restarted", c.grace, by.now);
  return d;
}

void apply(session::state& s, const events::session_opened& e) {
  s.id = e.session;
  s.user = e.user;
  s.login = e.login;
  s.guest = e.guest;
  s.name = e.name;
}
void apply(session::state& s, const events::entered& e) { s.places.insert(e.place); }
void apply(session::state& s, const events::exited& e) { s.places.erase(e.place); }
void apply(session::state& s, const events::disconnected& e) { s.grace_until = e.grace_until; }
void apply(session::state& s, const events::resumed&) { s.grace_until.reset(); }
void apply(session::state& s, const events::session_closed& e) {
  s.closed = true;
  s.close_reason = e.reason;
  s.grace_until.reset();
}

} // namespace

result<decision<session::event>> session::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void session::evolve(state& s, const event& e, time_point) {
  std::visit([&](const auto& one) { apply(s, one); }, e);
}

std::string session::reply(const state&, const command&, const context&, version) { return "{}"; }
std::string session::snapshot(const state& s) { return write_snapshot(s); }
result<session::state> session::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
