// Every state that a call between two people can come to, and every command in each of them: what may be said of a call
// holds whatever the order. There are few enough states to visit all, as long as each person's calls have one id.

#include "tests/unit/actors/domain/conversation_fixture.hpp"

#include <deque>
#include <map>
#include <set>

using namespace parley;
using namespace parley::test;

namespace {

struct device {
  std::string user, session;
};
const std::vector<device> devices{{"ann", "a1"}, {"ann", "a2"}, {"bob", "b1"}, {"bob", "b2"}};

/// What there is at one moment: the entity, its timers, and the devices that show a call.
struct moment {
  conversation::state s;
  std::set<std::string> timers, showing;

  [[nodiscard]] std::string key() const {
    auto same = s;
    same.seq = same.readable = 0; // only count
    std::string text = conversation::snapshot(same);
    for (const auto& each : timers) text += ' ' + each;
    for (const auto& each : showing) text += ' ' + each;
    return text;
  }
};

struct step {
  std::string name;
  conversation::command command;
  domain::context by;
};

std::vector<step> all_steps() {
  std::vector<step> all;
  const auto add = [&](std::string name, conversation::command c, const domain::context& by) {
    all.push_back({name + " by " + by.user.text + '/' + by.session.text, std::move(c), by});
  };
  const std::vector<call_id> calls{the_call, another_call, {}};
  for (const auto& who : {ann, ann_elsewhere, ann_by_rest, bob, bob_elsewhere, bob_by_rest, eve, system_itself}) {
    auto call = who.user == ann.user ? calling : calling_back;
    add("call", call, who);
    call.not_free = "busy";
    add("call who is busy", call, who);
    for (const auto& which : calls) {
      add("accept " + which.text, conversation::accept{which, "{answer}", sha}, who);
      add("hang up " + which.text, conversation::hang_up{which}, who);
      add("candidate " + which.text, conversation::candidate{which, "{ice}"}, who);
    }
    for (const bool on : {true, false}) add(on ? "block" : "unblock", conversation::block{ann_and_bob, on}, who);
  }
  for (const auto& which : {the_call, another_call}) {
    add("ring " + which.text, conversation::ring{which}, system_itself);
    add("decline " + which.text, conversation::end_call{which, "busy"}, system_itself);
  }
  for (const auto* what : {"ring-timeout", "restart"})
    for (const auto now : {noon, noon + domain::ring_time})
      add(what, conversation::timer_fired{what}, at(system_itself, now));
  return all;
}

/// A device that shows a call is told that it is over, once; one that shows none is told nothing of one.
void show(moment& m, const domain::remote_signal& remote) {
  const auto* signal = std::get_if<domain::call_signal>(&remote.what);
  if (!signal) return;
  for (const auto& d : devices) {
    if (remote.topic.key() != d.user || d.session == signal->session.text) continue;
    if (!signal->to.empty() && signal->to.text != d.session) continue;
    INFO(d.session << " is shown " << described(*signal));
    switch (signal->step) {
    case domain::call_step::incoming: REQUIRE(m.showing.insert(d.session).second); break;
    case domain::call_step::calling:
    case domain::call_step::accepted:
    case domain::call_step::candidate: REQUIRE(m.showing.contains(d.session)); break;
    case domain::call_step::rejected:
    case domain::call_step::ended: REQUIRE(m.showing.erase(d.session) == 1); break;
    }
  }
}

/// Each call begins once and ends once, and is accepted at most once in between, by one of who is called.
void follow(moment& m, const conversation::event& e, const step& done) {
  auto& call = m.s.call;
  if (const auto* begun = std::get_if<events::call_started>(&e)) {
    REQUIRE_FALSE(call);
    REQUIRE(m.s.blocked_by.empty());
    REQUIRE(m.showing.empty());
    REQUIRE(begun->caller == done.by.user);
    m.showing.insert(begun->session.text);
  } else if (const auto* answered = std::get_if<events::call_accepted>(&e)) {
    REQUIRE((call && !call->accepted() && call->id == answered->call));
    REQUIRE((answered->callee != call->caller && answered->callee == done.by.user));
    REQUIRE(answered->session == done.by.session);
  } else if (const auto* over = std::get_if<events::call_ended>(&e)) {
    REQUIRE((call && call->id == over->call && call->caller == over->caller));
    REQUIRE((over->seconds != 0) == call->accepted());
    if (over->by == done.by.user) m.showing.erase(done.by.session.text); // it knows
  } else if (const auto* rings = std::get_if<events::call_ringing>(&e)) {
    REQUIRE((call && call->id == rings->call && !call->is_ringing && !call->accepted()));
  }
  conversation::evolve(m.s, e, done.by.now);
}

void check(const moment& m) {
  const auto& call = m.s.call;
  std::set<std::string> timers, showing;
  if (call) {
    timers.insert("restart");
    showing.insert(call->caller_session.text);
    if (call->accepted())
      showing.insert(call->callee_session.text);
    else
      timers.insert("ring-timeout");
    for (const auto& d : devices)
      if (!call->accepted() && d.user != call->caller.text) showing.insert(d.session);
    REQUIRE(m.s.blocked_by.empty());
  }
  REQUIRE(m.timers == timers);
  REQUIRE(m.showing == showing);
  check_snapshot<conversation>(m.s);
}

/// The moment after a step; the same when it was refused or changed nothing.
moment take(const moment& before, const step& done) {
  auto m = before;
  const auto d = conversation::decide(before.s, done.command, done.by);
  if (!d) return m;
  REQUIRE(done.by.user != eve.user);
  for (const auto& e : d->events) follow(m, e, done);
  for (const auto& t : d->timers) {
    REQUIRE(t.timer.due == (t.timer.what == "restart" ? at_restart : noon + domain::ring_time));
    if (t.set)
      REQUIRE(m.timers.insert(t.timer.what).second);
    else
      REQUIRE(m.timers.erase(t.timer.what) == 1);
  }
  for (const auto& remote : d->remote_signals) show(m, remote);
  if (!d->events.empty()) {
    const auto again = conversation::decide(m.s, done.command, done.by);
    REQUIRE((!again || again->events.empty() || std::holds_alternative<conversation::call>(done.command)));
  }
  return m;
}

} // namespace

TEST_CASE("whatever the order of steps, a call begins once, ends once, and every device that shows it hears so once") {
  moment first;
  conversation::evolve(first.s, opened, noon);
  const auto steps = all_steps();
  std::map<std::string, std::string> reached{{first.key(), "nothing"}}; // by what
  std::deque<moment> open{first};
  while (!open.empty()) {
    const auto m = open.front();
    open.pop_front();
    for (const auto& each : steps) {
      INFO(each.name << ", after " << reached.at(m.key()));
      const auto after = take(m, each);
      check(after);
      if (reached.emplace(after.key(), reached.at(m.key()) + ", " + each.name).second) open.push_back(after);
      REQUIRE(reached.size() < 1000); // there are few, or the walk goes astray
    }
  }
  // No call under four combinations of blocks; and from each of four devices: calling, ringing, and accepted by either
  // of two, having rung or not.
  CHECK(reached.size() == 4 + 4 * (2 + 2 * 2));
}
