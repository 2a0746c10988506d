#include "actors/domain/lounges/lounge.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using domain::lounge;

namespace {
const events::lounge_created created{{"l1"}, {"ann"}, "Bar", "talk"};
const events::joined bob_joined{{"bob"}, {"s2"}, false, false, 1, "bob"};
const lounge::send hello{{{"m1"}, "hello", {}, {}}};
const auto bob = caller("bob", "s2");
} // namespace

TEST_CASE("a lounge is created once; the same again changes nothing, anything else is a conflict") {
  given<lounge>({})
      .when(lounge::create{{"l1"}, " Bar ", "talk"}, caller("ann"))
      .then({created})
      .answers(R"({"id":"l1","loungeId":"l1","name":"Bar","topic":"talk","ownerId":"ann",)"
               R"("createdAt":"2027-01-15T08:00:00.000Z","slowModeSeconds":0,"participantCount":0})");
  given<lounge>({created}).when(lounge::create{{"l1"}, "Bar", "talk"}, caller("ann")).nothing();
  given<lounge>({created}).when(lounge::create{{"l1"}, "Pub", "talk"}, caller("ann")).refused(errc::conflict);
  given<lounge>({created}).when(lounge::create{{"l1"}, "Bar", "talk"}, caller("bob")).refused(errc::conflict);
}

TEST_CASE("a lounge refuses to be created out of bounds") {
  const auto g = given<lounge>({});
  g.when(lounge::create{{"l1"}, "Bar", ""}, caller("")).refused(errc::unauthenticated);
  g.when(lounge::create{{""}, "Bar", ""}, caller("ann")).refused(errc::invalid);
  g.when(lounge::create{{"l1"}, " \n", ""}, caller("ann")).refused(errc::invalid);
  g.when(lounge::create{{"l1"}, std::string(domain::lounge_name_bytes_max + 1, 'x'), ""}, caller("ann"))
      .refused(errc::invalid);
  g.when(lounge::create{{"l1"}, "Bar", std::string(domain::lounge_topic_bytes_max + 1, 'x')}, caller("ann"))
      .refused(errc::invalid);
}

TEST_CASE("a lounge is joined once by a session and left once") {
  given<lounge>({}).when(lounge::join{}, bob).refused(errc::lounge_not_found);
  given<lounge>({created}).when(lounge::join{}, caller("", "s2")).refused(errc::unauthenticated);
  given<lounge>({created}).when(lounge::join{}, caller("bob")).refused(errc::invalid);
  given<lounge>({created}).when(lounge::join{}, bob).then({bob_joined});
  given<lounge>({created, bob_joined}).when(lounge::join{}, bob).nothing();
  given<lounge>({created, bob_joined})
      .when(lounge::leave{"connection-lost"}, bob)
      .then({events::left{{"bob"}, {"s2"}, false, 0, "connection-lost", "bob"}});
  given<lounge>({created}).when(lounge::leave{}, bob).nothing();
  given<lounge>({}).when(lounge::leave{}, bob).nothing();
}

TEST_CASE("a guest joins and speaks in a lounge under the name it asks for, an account under its own") {
  auto guest = bob;
  guest.guest = true;
  const events::joined as_ben{{"bob"}, {"s2"}, false, true, 1, "Ben"};
  given<lounge>({created}).when(lounge::join{" Ben\n"}, guest).then({as_ben});
  given<lounge>({created}).when(lounge::join{"\xff"}, guest).refused(errc::invalid);
  given<lounge>({created, as_ben})
      .when(hello, guest)
      .then({events::message_sent{{"m1"}, {"bob"}, {"s2"}, "Ben", "hello", {}, {}}});
  for (const auto* asked : {"Ben", "\xff"}) given<lounge>({created}).when(lounge::join{asked}, bob).then({bob_joined});
}

TEST_CASE("who returns to a lounge is made a member of nothing; a member is answered as by any join") {
  const lounge::join returning{{}, true};
  const auto there = given<lounge>({created, bob_joined});
  there.when(returning, bob).nothing().answers(there.when(lounge::join{}, bob).reply());
  given<lounge>({created}).when(returning, bob).refused(errc::not_member);
  given<lounge>({}).when(returning, bob).refused(errc::lounge_not_found);
}

TEST_CASE("a full lounge refuses the next session") {
  lounge::state s = given<lounge>({created}).state();
  for (std::uint32_t i = 0; i < domain::lounge_sessions_max; ++i) s.members[{std::to_string(i)}] = {};
  const auto d = lounge::decide(s, lounge::join{}, bob);
  REQUIRE_FALSE(d.has_value());
  CHECK(d.error().code == errc::room_full);
}

TEST_CASE("only those present speak in a lounge") {
  for (const lounge::command& c : {lounge::command{hello}, lounge::command{lounge::typing{true}}}) {
    given<lounge>({}).when(c, bob).refused(errc::lounge_not_found);
    given<lounge>({created}).when(c, bob).refused(errc::not_member);
  }
  given<lounge>({created, bob_joined})
      .when(hello, bob)
      .then({events::message_sent{{"m1"}, {"bob"}, {"s2"}, "bob", "hello", {}, {}}});
  CHECK(given<lounge>({created, bob_joined}).when(lounge::typing{true}, bob).nothing().decision().signals.size() == 1);
}

TEST_CASE("a damaged snapshot of a lounge is corrupt, never an exception") {
  check_damage<lounge>(given<lounge>({created, bob_joined}).state());
}
