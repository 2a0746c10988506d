// Messages of a lounge that are taken back or deleted, and those that actions are about.

#include "tests/unit/actors/domain/lounge_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::test::moderated;
using namespace std::chrono_literals;
using domain::lounge;

TEST_CASE("authors take back their own messages, moderators delete any with the evidence, others none") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, hello});
  const lounge::delete_message deletion{{"a1"}, {{"m1"}, 0, {}}, "spam"};
  g.when(deletion, bob).then({events::message_deleted{{"m1"}, 4, {"bob"}, {}}});
  auto action = done("delete-message");
  action.message = {"m1"};
  action.message_seq = 4;
  action.sha256 = to_hex(sha256("hello"));
  g.when(deletion, mia).then({action, events::message_deleted{{"m1"}, 4, {"mia"}, {"a1"}}});
  auto moderating = act("delete-message", "");
  moderating.about.seq = 4;
  g.when(moderating, mia).then({action, events::message_deleted{{"m1"}, 4, {"mia"}, {"a1"}}});
  g.when(moderating, bob).refused(errc::forbidden);
  g.when(deletion, caller("eve", "s8")).refused(errc::forbidden);
  g.when(lounge::delete_message{{"a1"}, {{"m7"}, 0, {}}, {}}, mia).refused(errc::not_found);
  given<lounge>({created, mia_moderates, bob_joined, hello, events::message_deleted{{"m1"}, 4, {"bob"}, {}}})
      .when(deletion, mia)
      .nothing();
}

TEST_CASE("two messages of one id are told apart by their author or their seq") {
  const events::joined eve_joined{{"eve"}, {"s5"}, false, false, 2, "eve"};
  const events::message_sent imitation{{"m1"}, {"eve"}, {"s5"}, "eve", "hello!", {}, {}};
  const auto g = given<lounge>({created, mia_moderates, bob_joined, eve_joined, hello, imitation});
  g.when(lounge::delete_message{{"a1"}, {{"m1"}, 0, {}}, {}}, mia).refused(errc::conflict);
  g.when(lounge::delete_message{{"a1"}, {{"m1"}, 0, {}}, {}}, bob)
      .then({events::message_deleted{{"m1"}, 5, {"bob"}, {}}});
  CHECK(g.when(lounge::delete_message{{"a1"}, {{"m1"}, 6, {}}, {}}, mia).decision().events.size() == 2);
  auto of_eve = act("delete-message", "eve");
  of_eve.about.id = {"m1"};
  const auto deleted = g.when(of_eve, mia).decision().events;
  CHECK(std::get<events::message_deleted>(deleted.back()).message_seq == 6);
}

TEST_CASE("an older message is deleted by what a read model knows of it") {
  const domain::known_message older{2, {"m0"}, {"bob"}, "abc", false};
  const auto g = given<lounge>({created, mia_moderates});
  g.when(lounge::delete_message{{"a1"}, {{"m0"}, 2, older}, {}}, bob)
      .then({events::message_deleted{{"m0"}, 2, {"bob"}, {}}});
  CHECK(g.when(lounge::delete_message{{"a1"}, {{"m0"}, 2, older}, {}}, mia).decision().events.size() == 2);
  auto deleted = older;
  deleted.deleted = true;
  g.when(lounge::delete_message{{"a1"}, {{"m0"}, 2, deleted}, {}}, mia).nothing();
}

TEST_CASE("only the last messages are remembered") {
  auto s = given<lounge>({created, bob_joined}).state();
  for (std::size_t i = 0; i < domain::recent_messages_max + 3; ++i) lounge::evolve(s, hello, noon);
  CHECK(s.recent.size() == domain::recent_messages_max);
  CHECK(s.recent.back().seq == s.seq);
}

TEST_CASE("an action names the message it is about, which must be the target's") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, hello});
  auto c = act("mute");
  c.about.id = {"m1"};
  auto e = done("mute");
  e.message = {"m1"};
  e.message_seq = 4;
  e.sha256 = to_hex(sha256("hello"));
  g.when(c, mia).then({e});
  c.target = "eve";
  g.when(c, mia).refused(errc::invalid);
  c.about.id = {"m7"};
  g.when(c, mia).refused(errc::not_found);
}
