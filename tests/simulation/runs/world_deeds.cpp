// What happens to a run from outside: the operations of its workload, one after the other.

#include "tests/simulation/runs/world.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;
using domain::account;
using domain::lounge;
using domain::room;

} // namespace

/// Meetings end: after some minutes people meet in the next room. So a long run stays what a short one is, and does not
/// become one about ever longer histories.
room_id world::room_of(const operation& o) const {
  constexpr auto meeting_length = 5min;
  const auto meeting = time_.now() / meeting_length;
  return {"r" + std::to_string(o.where) + (meeting == 0 ? "" : "-" + std::to_string(meeting))};
}

stream_id world::place(const operation& o) const {
  if (o.where < work_.rooms) return make_stream("room", room_of(o).text);
  return make_stream("lounge", "l" + std::to_string(o.where - work_.rooms));
}

domain::context world::as(const client& c) const {
  domain::context by;
  by.user = {c.who().user.empty() ? "host" : c.who().user};
  by.name = by.user.text;
  return by;
}

void world::perform(const operation& o) {
  auto& c = *clients_[o.who];
  const auto where = place(o);
  switch (o.what) {
  case deed::connect: return c.connect();
  case deed::join: return c.join(where, false);
  case deed::join_from_last: return c.join(where, true);
  case deed::leave: return c.leave(where);
  case deed::say: return c.say(where, o.how % 200);
  case deed::say_much: return c.say(where, 500 + o.how % 3000);
  case deed::repeat: return c.repeat();
  case deed::signal: {
    const auto& other = *clients_[o.how / 3 % clients_.size()];
    return c.signal(where, o.how % 3, o.how % 7 == 0 ? std::string{} : other.session());
  }
  case deed::type: return c.type(where);
  case deed::nonsense: return c.nonsense(o.how);
  case deed::stall: return c.stall(moment{o.how * 20});
  case deed::lose_connection: return c.lose_connection(moment{o.how % 2 == 0 ? o.how : o.how * 30});
  case deed::goodbye: return c.say_goodbye();
  case deed::forget: return c.forget();
  case deed::imitate: return c.imitate(*clients_[o.how / 2 % clients_.size()], o.how % 2 == 0);
  case deed::sign_up: return sign_up(c, o);
  case deed::revoke: return revoke(c);
  case deed::rename:
    if (server_ && !c.who().user.empty())
      server_->ask<account>(make_stream("account", c.who().user), account::rename{"n" + std::to_string(o.how)}, as(c),
                            [](auto) {});
    return;
  case deed::open_room: return open_room(c, o);
  case deed::take_back: return c.take_back(where);
  case deed::moderate: return moderate(c, o);
  case deed::write_to: return c.write_to(*clients_[o.how / 200 % clients_.size()], o.how % 200);
  case deed::call: return c.call(*clients_[o.how % clients_.size()]);
  case deed::answer_call: return c.answer_call();
  case deed::hang_up: return c.hang_up();
  case deed::block: return c.block(*clients_[o.how / 2 % clients_.size()], o.how % 2 == 0);
  case deed::deposit:
  case deed::sell:
  case deed::buy:
  case deed::book:
  case deed::step_booking:
  case deed::review: return deal(o);
  case deed::close_room:
    if (server_ && where.family() == "room") server_->ask<room>(where, room::close{}, as(c), [](auto) {});
    return;
  default: return inject(o);
  }
}

void world::sign_up(client& c, const operation& o) {
  if (!server_) return;
  const auto number = std::to_string(++users_);
  identity who{"u" + number, "login" + number, {}};
  account::register_guest command;
  command.user = {who.user};
  command.name = who.user;
  command.login = {who.login};
  command.login_expires_at = server_->now() + std::chrono::hours{24 * 365};
  gateway::access_claims says;
  says.user = {who.user};
  says.login = {who.login};
  says.name = who.user;
  says.issued_at = server_->now();
  says.expires_at = server_->now() + std::chrono::hours{24};
  who.token = server_->tokens().issue_access(says);
  domain::context by;
  by.user = {who.user};
  server_->ask<account>(make_stream("account", who.user), command, by,
                        [&c, who, keeps = o.how % 2 == 0](const result<answer>& r) {
                          if (!r) return;
                          c.become(who);
                          if (keeps) c.be_patient(true);
                        });
}

void world::revoke(client& c) {
  if (!server_ || c.who().login.empty()) return;
  const auto who = c.who();
  server_->ask<account>(make_stream("account", who.user), account::revoke_login{{who.login}, "logout"}, as(c),
                        [this, who](const result<answer>& r) {
                          if (!r) return;
                          story_.note("login", fmt::format("{} is revoked", who.login));
                          around_.revoked.emplace(who.login, time_.now());
                        });
}

void world::open_room(const client& c, const operation& o) {
  if (!server_ || o.where >= work_.rooms) return;
  room::open command;
  command.id = room_of(o);
  command.display_id = command.id.text;
  command.capacity = 2 + o.how % 6;
  if (o.how % 3 != 0) command.lifetime = std::chrono::seconds{5 + o.how % 200};
  if (o.how % 4 == 0) command.history = "none";
  server_->ask<room>(make_stream("room", command.id.text), command, as(c), [](auto) {});
}

void world::moderate(const client& target, const operation& o) {
  if (!server_ || work_.lounges == 0) return;
  constexpr std::array<const char*, 8> actions{"mute",  "ban",  "kick", "unmute",
                                               "unban", "mute", "warn", "delete-message"};
  const auto where = make_stream("lounge", "l" + std::to_string(o.where % work_.lounges));
  lounge::moderate command;
  command.id = {"a" + std::to_string(++actions_)};
  command.action = actions[o.how % actions.size()];
  command.target = target.session();
  command.reason = "because";
  const bool restricts = command.action == "mute" || command.action == "ban";
  if (restricts && o.how % 3 != 0) command.duration = std::chrono::seconds{1 + o.how % 40};
  if (command.action == "delete-message") command.about.seq = truth_.a_message(where, o.how);
  domain::context by;
  by.user = {"host"};
  by.name = "host";
  server_->ask<lounge>(where, command, by, [this, where, command](const result<answer>& r) {
    if (!r || (command.action != "mute" && command.action != "ban")) return;
    // Of one that took another's place, or was repeated, the log says no less.
    claims_.check("what is acknowledged is in the log", truth_.acted(where, command.id.text),
                  [&] { return fmt::format("{} {} of {}", command.action, command.id.text, where.text); });
  });
}

void world::inject(const operation& o) {
  story_.note("fault", name_of(o.what));
  switch (o.what) {
  case deed::crash:
    if (o.how % 4 == 1) { // when something is durable, and nobody was told
      crash_at_commit_ = {truth_.head(), moment{o.how * 20}};
      return;
    }
    if (o.how % 4 == 0) disk_.fail_next_sync(static_cast<tail>(o.how % 3));
    return crash(moment{o.how * 20});
  case deed::fail_write: return disk_.fail_next_write();
  case deed::fail_sync: return disk_.fail_next_sync(static_cast<tail>(o.how % 3));
  case deed::fill_disk: disk_.set_full(true); return time_.after(moment{o.how * 3}, [this] { disk_.set_full(false); });
  case deed::fail_reads: return disk_.fail_reads(1 + o.how % 12);
  case deed::damage_disk:
    // Found at the next start.
    if (o.how % 3 == 0) static_cast<void>(disk_.flip_wal_bit());
    if (o.how % 3 == 1) static_cast<void>(disk_.lose_acknowledged());
    if (o.how % 3 == 2) static_cast<void>(disk_.tear_head());
    return crash(moment{o.how});
  default: return reads_.inject(all_store_faults[o.how % all_store_faults.size()]);
  }
}

} // namespace parley::simulation
