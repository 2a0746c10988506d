#include "actors/domain/people/session.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::session;

namespace {

const stream_id hall{"room/hall"}, bar{"lounge/bar"};
const events::session_opened opened{{"s1"}, {"ann"}, {"l1"}, false, "ann"};
const events::disconnected dropped{"connection-lost", noon + 30s};
const auto ann = caller("ann", "s1");

session::enter entering(stream_id place) { return {{"s1"}, {"l1"}, std::move(place)}; }
domain::context at(std::chrono::seconds when) { return caller("", "s1", noon + when); }

} // namespace

TEST_CASE("a session writes itself down, and its restart timer, when it first enters a place") {
  given<session>({})
      .when(entering(hall), ann)
      .then({opened, events::entered{hall}})
      .sets(at_restart, "restart")
      .timers(1);
  given<session>({opened, events::entered{hall}}).when(entering(bar), ann).then({events::entered{bar}}).timers(0);
  given<session>({opened, events::entered{hall}}).when(entering(hall), ann).nothing().timers(0);
}

TEST_CASE("a session refuses to enter when over, somebody else's, in too many places, or without a place") {
  given<session>({opened, events::session_closed{"left"}}).when(entering(hall), ann).refused(errc::session_revoked);
  given<session>({opened}).when(entering(hall), caller("eve", "s1")).refused(errc::forbidden);
  given<session>({}).when(entering(stream_id{"room/"}), ann).refused(errc::invalid);
  given<session>({}).when(entering(hall), caller("", "s1")).refused(errc::invalid);
  std::vector<session::event> many{opened};
  for (std::size_t i = 0; i < domain::places_max; ++i)
    many.emplace_back(events::entered{make_stream("room", std::to_string(i))});
  given<session>(many).when(entering(hall), ann).refused(errc::conflict);
}

TEST_CASE("exiting a place the session is not in changes nothing") {
  given<session>({}).when(session::exit{hall}, ann).nothing();
  given<session>({opened, events::entered{hall}}).when(session::exit{hall}, ann).then({events::exited{hall}}).timers(0);
}

TEST_CASE("a lost connection starts a grace period, once") {
  const session::disconnect lost{"connection-lost", 30s};
  const auto in = given<session>({opened, events::entered{hall}});
  in.when(lost, ann).then({dropped}).sets(noon + 30s, "grace").timers(1);
  given<session>({opened, dropped}).when(lost, caller("ann", "s1", noon + 5s)).nothing().timers(0);
  given<session>({}).when(lost, ann).nothing().timers(0);
  given<session>({opened, events::session_closed{"left"}}).when(lost, ann).nothing().timers(0);
  in.when(session::disconnect{"connection-lost", 1000h}, ann).sets(noon + domain::grace_max, "grace");
}

TEST_CASE("a client that comes back stops the grace timer; a closed session is over") {
  given<session>({opened, dropped}).when(session::resume{}, ann).then({events::resumed{}}).cancels(noon + 30s, "grace");
  given<session>({opened}).when(session::resume{}, ann).nothing().timers(0);
  given<session>({opened, events::session_closed{"left"}}).when(session::resume{}, ann).refused(errc::session_revoked);
}

TEST_CASE("a grace timer closes the session when it is due and still counts") {
  const auto away = given<session>({opened, events::entered{hall}, dropped});
  away.when(session::timer_fired{"grace", 30s}, at(30s))
      .then({events::session_closed{"connection-lost"}})
      .cancels(noon + 30s, "grace")
      .timers(1);
  away.when(session::timer_fired{"grace", 30s}, at(29s)).nothing();
  given<session>({opened, events::entered{hall}}).when(session::timer_fired{"grace", 30s}, at(30s)).nothing();
  given<session>({opened, dropped, events::session_closed{"left"}})
      .when(session::timer_fired{"grace", 30s}, at(30s))
      .nothing();
  away.when(session::timer_fired{"lunch", 30s}, at(30s)).nothing();
}

TEST_CASE("a restart gives every open session its grace, also one that was in its grace already") {
  const session::timer_fired restart{"restart", 30s};
  const events::disconnected restarted{"server-restarted", noon + 100s};
  given<session>({opened, events::entered{hall}})
      .when(restart, at(70s))
      .then({restarted})
      .sets(noon + 100s, "grace")
      .timers(1);
  given<session>({opened, dropped})
      .when(restart, at(70s))
      .then({restarted})
      .cancels(noon + 30s, "grace")
      .sets(noon + 100s, "grace");
  given<session>({opened, restarted}).when(restart, at(70s)).nothing().timers(0);
}

TEST_CASE("a restart leaves the timer of a closed session that still owes a left, and sweeps one that owes nothing") {
  const session::timer_fired restart{"restart", 30s};
  given<session>({opened, events::entered{hall}, events::session_closed{"left"}})
      .when(restart, at(1s))
      .nothing()
      .timers(0);
  given<session>({opened, events::session_closed{"left"}})
      .when(restart, at(1s))
      .nothing()
      .cancels(at_restart, "restart");
  given<session>({}).when(restart, at(1s)).nothing().cancels(at_restart, "restart");
}

TEST_CASE("a closed session keeps its restart timer until the last place is exited") {
  const session::close close{"left"};
  given<session>({opened, events::entered{hall}}).when(close, ann).then({events::session_closed{"left"}}).timers(0);
  given<session>({opened})
      .when(close, ann)
      .then({events::session_closed{"left"}})
      .cancels(at_restart, "restart")
      .timers(1);
  given<session>({opened, dropped}).when(close, ann).cancels(noon + 30s, "grace").cancels(at_restart, "restart");
  given<session>({opened, events::session_closed{"left"}}).when(close, ann).nothing().timers(0);
  given<session>({}).when(close, ann).nothing().timers(0);
  const std::vector<session::event> owing{opened, events::entered{hall}, events::entered{bar},
                                          events::session_closed{"left"}};
  given<session>(owing).when(session::exit{hall}, ann).then({events::exited{hall}}).timers(0);
  auto last = owing;
  last.emplace_back(events::exited{hall});
  given<session>(last)
      .when(session::exit{bar}, ann)
      .then({events::exited{bar}})
      .cancels(at_restart, "restart")
      .timers(1);
}

TEST_CASE("a damaged snapshot of a session is corrupt, never an exception") {
  check_damage<session>(given<session>({opened, events::entered{hall}, events::entered{bar}, dropped}).state());
}
