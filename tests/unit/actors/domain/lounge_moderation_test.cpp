// What moderators do in a lounge, who may, and how it ends.

#include "tests/unit/actors/domain/lounge_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::test::moderated;
using namespace std::chrono_literals;
using domain::lounge;

// --- roles and settings ---------------------------------------------------------------------------------------------

TEST_CASE("the owner makes moderators and takes it back; asked again nothing changes") {
  given<lounge>({created}).when(lounge::set_role{{"mia"}, "moderator"}, ann).then({mia_moderates});
  given<lounge>({created, mia_moderates}).when(lounge::set_role{{"mia"}, "moderator"}, ann).nothing();
  given<lounge>({created, mia_moderates})
      .when(lounge::set_role{{"mia"}, "member"}, ann)
      .then({events::role_changed{{"mia"}, "member", {"ann"}}});
  given<lounge>({created}).when(lounge::set_role{{"mia"}, "member"}, ann).nothing();
}

TEST_CASE(
    "a role is given by the owner alone, never to the owner, a guest or somebody banned; a moderator may resign") {
  const auto g = given<lounge>({created, mia_moderates});
  g.when(lounge::set_role{{"bob"}, "moderator"}, mia).refused(errc::forbidden);
  g.when(lounge::set_role{{"bob"}, "moderator"}, bob).refused(errc::forbidden);
  g.when(lounge::set_role{{"ann"}, "member"}, ann).refused(errc::forbidden);
  g.when(lounge::set_role{{"ann"}, "member"}, mia).refused(errc::forbidden);
  g.when(lounge::set_role{{"bob"}, "owner"}, ann).refused(errc::invalid);
  g.when(lounge::set_role{{""}, "moderator"}, ann).refused(errc::invalid);
  g.when(lounge::set_role{{"bob"}, "moderator"}, caller("")).refused(errc::unauthenticated);
  g.when(lounge::set_role{{"mia"}, "member"}, mia).then({events::role_changed{{"mia"}, "member", {"mia"}}});
  given<lounge>({}).when(lounge::set_role{{"bob"}, "moderator"}, ann).refused(errc::lounge_not_found);
  given<lounge>({created, done("ban")}).when(lounge::set_role{{"bob"}, "moderator"}, ann).refused(errc::conflict);
  const events::joined guest{{"g"}, {"s9"}, false, true, 1, "Guest"};
  given<lounge>({created, guest}).when(lounge::set_role{{"g"}, "moderator"}, ann).refused(errc::guests_not_allowed);
}

TEST_CASE("a lounge has a bounded number of moderators") {
  auto s = given<lounge>({created}).state();
  for (std::size_t i = 0; i < domain::lounge_moderators_max; ++i) s.moderators[{std::to_string(i)}] = {};
  const auto d = lounge::decide(s, lounge::set_role{{"mia"}, "moderator"}, ann);
  REQUIRE_FALSE(d.has_value());
  CHECK(d.error().code == errc::conflict);
}

TEST_CASE("owner and moderators change a lounge's settings; what is not given stays") {
  const auto g = given<lounge>({created, mia_moderates});
  g.when(lounge::change{" Pub ", {}, {}}, ann).then({events::lounge_changed{{"ann"}, "Pub", "talk", 0}});
  g.when(lounge::change{{}, "news", 10}, mia).then({events::lounge_changed{{"mia"}, "Bar", "news", 10}});
  g.when(lounge::change{"Bar", "talk", 0}, mia).nothing();
  g.when(lounge::change{"Pub", {}, {}}, bob).refused(errc::forbidden);
  g.when(lounge::change{" ", {}, {}}, ann).refused(errc::invalid);
  g.when(lounge::change{{}, {}, domain::slow_mode_seconds_max + 1}, ann).refused(errc::invalid);
  given<lounge>({}).when(lounge::change{"Pub", {}, {}}, ann).refused(errc::lounge_not_found);
}

TEST_CASE("in slow mode a member waits between two messages, moderators do not") {
  const events::lounge_changed slow{{"ann"}, "Bar", "talk", 10};
  const auto g = given<lounge>({created, mia_moderates, bob_joined, slow, hello});
  const auto early = lounge::decide(g.state(), say, at(bob, noon + 2500ms));
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().code == errc::rate_limited);
  CHECK(early.error().retry_after_s == 8);
  CHECK(g.when(say, at(bob, noon + 10s)).decision().events.size() == 1);
  CHECK(g.when(say, at(bob, noon - 1h)).decision().events.size() == 1); // the clock was set back
  const auto moderator =
      given<lounge>({created, mia_moderates, slow, events::joined{{"mia"}, {"s4"}, false, false, 1, "mia"},
                     events::message_sent{{"m0"}, {"mia"}, {"s4"}, "mia", "hi", {}, {}}});
  CHECK(moderator.when(say, caller("mia", "s4")).decision().events.size() == 1);
  const auto off = given<lounge>({created, bob_joined, slow, hello, events::lounge_changed{{"ann"}, "Bar", "talk", 0}});
  CHECK(off.when(say, bob).decision().events.size() == 1);
}

// --- acting -------------------------------------------------------------------------------------------------------

TEST_CASE("moderators act on members, not on each other or the owner; members act on nobody") {
  const auto g = given<lounge>({created, mia_moderates, max_moderates, bob_joined});
  for (const auto* action : {"warn", "mute", "ban", "unmute", "unban"}) {
    g.when(act(action, "max"), mia).refused(errc::forbidden);
    g.when(act(action, "mia"), mia).refused(errc::forbidden);
    g.when(act(action, "ann"), mia).refused(errc::forbidden);
    g.when(act(action, "ann"), ann).refused(errc::forbidden);
    g.when(act(action, "mia"), bob).refused(errc::forbidden);
    CHECK(g.when(act(action, "mia"), ann).decision().events.size() == (std::string{action}.starts_with("un") ? 0 : 1));
  }
  g.when(act("warn"), caller("")).refused(errc::unauthenticated);
  given<lounge>({}).when(act("warn"), mia).refused(errc::lounge_not_found);
}

TEST_CASE("an action needs a word that is one, somebody, a reason or a rule, and a duration in bounds") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined});
  g.when(act("tickle"), mia).refused(errc::invalid);
  g.when(act("warn", ""), mia).refused(errc::invalid);
  g.when(act("warn", "bob", ""), mia).refused(errc::invalid);
  g.when(act("warn", "bob", std::string(domain::moderation_reason_bytes_max + 1, 'x')), mia).refused(errc::invalid);
  g.when(act_for("mute", 0s), mia).refused(errc::invalid);
  g.when(act_for("mute", domain::restriction_max + 1s), mia).refused(errc::invalid);
  g.when(act_for("kick", 10s), mia).refused(errc::invalid);
  auto by_rule = act("warn", "bob", "");
  by_rule.rule = "no spam";
  auto warned = done("warn");
  warned.reason.clear();
  warned.rule = "no spam";
  g.when(by_rule, mia).then({warned});
}

TEST_CASE("somebody must be there to be warned, muted or banned: an account, or whom the lounge knows") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, hello});
  const auto unknown = [](std::string action, std::string target) {
    auto c = act(std::move(action), std::move(target));
    c.has_account = false;
    return c;
  };
  for (const std::string action : {"warn", "mute", "ban"}) {
    auto c = lounge::command{unknown(action, "nobody")};
    CHECK(lounge::asks_for(g.state(), c)->text == "account/nobody");
    g.when(c, mia).refused(errc::target_not_found);
    lounge::tell(c, events::account_event{events::renamed{"Nobody"}});
    CHECK(lounge::decide(g.state(), c, mia).has_value());
    for (const std::string known : {"bob", "s2", "g_visitor"}) {
      CHECK_FALSE(lounge::asks_for(g.state(), unknown(action, known)).has_value());
      CHECK(lounge::decide(g.state(), unknown(action, known), mia).has_value());
    }
  }
  const auto gone = given<lounge>({created, mia_moderates, bob_joined, hello, bob_left("s2", 0, "left")});
  CHECK(lounge::decide(gone.state(), unknown("ban", "bob"), mia).has_value());
  const auto banned = given<lounge>({created, mia_moderates, done("ban")});
  CHECK(lounge::decide(banned.state(), unknown("ban", "bob"), mia).has_value());
  for (const auto& [action, target] : {std::pair{"unban", "nobody"}, {"kick", "nobody"}, {"mute", ""}, {"mute", "mia"}})
    CHECK_FALSE(lounge::asks_for(g.state(), unknown(action, target)).has_value());
  CHECK_FALSE(lounge::asks_for(g.state(), say).has_value());
}

TEST_CASE("a repeat of an action changes nothing and is answered as the first") {
  const auto first = given<lounge>({created, mia_moderates, bob_joined}).when(act("warn"), mia);
  first.then({done("warn")})
      .answers(R"({"loungeId":"l1","action":"warn","id":"a1","actionId":"a1","targetId":"bob","by":"mia",)"
               R"("reason":"spam","until":null,"createdAt":"2027-01-15T08:00:00.000Z","seq":4})");
  given<lounge>({created, mia_moderates, bob_joined, done("warn")})
      .when(act("warn"), mia)
      .nothing()
      .answers(first.reply());
}

TEST_CASE("a kicked user leaves with every session and may come back") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, bob_joined_again});
  const auto kicked = g.when(act("kick"), mia);
  kicked.then({done("kick"), bob_left("s2", 1, "kicked"), bob_left("s3", 0, "kicked")});
  REQUIRE(kicked.decision().dismissed.size() == 2);
  CHECK(kicked.decision().dismissed[1].session.text == "s3");
  CHECK(kicked.decision().dismissed[1].reason == "kicked");
  CHECK(lounge::decide(kicked.after(), lounge::join{}, bob).has_value());
  g.when(act("kick", "eve"), mia).refused(errc::target_not_found);
  g.when(act("kick", "s3"), mia).then({done("kick"), bob_left("s2", 1, "kicked"), bob_left("s3", 0, "kicked")});
}

TEST_CASE("a banned user leaves with every session, cannot come back and is told until when") {
  const auto until = noon + 60s;
  const auto banned =
      given<lounge>({created, mia_moderates, bob_joined, bob_joined_again}).when(act_for("ban", 60s), mia);
  banned.then({done("ban", until), bob_left("s2", 1, "banned"), bob_left("s3", 0, "banned")})
      .sets(until, "over a1")
      .timers(1);
  CHECK(banned.decision().dismissed.size() == 2);
  for (const lounge::command& c :
       {lounge::command{lounge::join{}}, lounge::command{say}, lounge::command{lounge::typing{true}},
        lounge::command{lounge::delete_message{{"a2"}, {{"m1"}, 0, {}}, {}}}}) {
    const auto refused = lounge::decide(banned.after(), c, bob);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::banned);
    CHECK(refused.error().message == "you are banned from here until 2027-01-15T08:01:00.000Z");
  }
  given<lounge>({created, mia_moderates, done("ban")}).when(lounge::join{{}, true}, bob).refused(errc::not_member);
  given<lounge>({created, mia_moderates, done("ban")})
      .when(act("unban"), mia)
      .nothing(); // the id is the ban's own: a repeat
  auto unban = act("unban");
  unban.id = {"a2"};
  given<lounge>({created, mia_moderates, done("ban", until)})
      .when(unban, mia)
      .then({done("unban", {}, "a2")})
      .cancels(until, "over a1");
  CHECK(lounge::decide(given<lounge>({created, mia_moderates, done("ban"), done("unban", {}, "a2")}).state(),
                       lounge::join{}, bob)
            .has_value());
}

TEST_CASE("a moderator who is banned moderates nothing") {
  auto banned = done("ban");
  banned.by = {"ann"};
  banned.target = {"mia"};
  const auto g = given<lounge>({created, mia_moderates, bob_joined, banned});
  g.when(act("kick"), mia).refused(errc::banned);
  g.when(lounge::change{"Mine", {}, {}}, mia).refused(errc::banned);
  g.when(lounge::check_moderator{}, mia).refused(errc::banned);
}

TEST_CASE("who is away hears of an action, whoever never spoke there does not") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, hello, bob_left("s2", 0, "left")});
  REQUIRE(g.when(act("warn"), mia).decision().remote_signals.size() == 1);
  CHECK(g.when(act("warn"), mia).decision().remote_signals[0].topic.text == "inbox/bob");
  CHECK(g.when(act("warn", "stranger"), mia).decision().remote_signals.empty());
}

TEST_CASE("a muted user stays, and neither speaks nor types in any session") {
  const auto g = given<lounge>({created, mia_moderates, bob_joined, bob_joined_again});
  const auto muted = g.when(act_for("mute", 60s), mia);
  muted.then({done("mute", noon + 60s)}).sets(noon + 60s, "over a1");
  CHECK(muted.decision().dismissed.empty());
  for (const auto* session : {"s2", "s3"})
    for (const lounge::command& c : {lounge::command{say}, lounge::command{lounge::typing{true}}}) {
      const auto refused = lounge::decide(muted.after(), c, caller("bob", session));
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().code == errc::muted);
      CHECK(refused.error().message == "you are muted here until 2027-01-15T08:01:00.000Z");
    }
  auto unmute = act("unmute");
  unmute.id = {"a2"};
  const auto heard = given<lounge>({created, mia_moderates, bob_joined, done("mute"), done("unmute", {}, "a2")});
  CHECK(heard.when(say, bob).decision().events.size() == 1);
  given<lounge>({created, mia_moderates}).when(unmute, mia).nothing().answers(R"({"loungeId":"l1","action":"unmute"})");
}

TEST_CASE("a new mute takes the place of the one before, and of its timer") {
  auto longer = act_for("mute", 120s);
  longer.id = {"a2"};
  const auto g = given<lounge>({created, mia_moderates, done("mute", noon + 60s)});
  const auto again = g.when(longer, mia);
  again.then({done("mute", noon + 120s, "a2")}).cancels(noon + 60s, "over a1").sets(noon + 120s, "over a2").timers(2);
  CHECK(lounge::decide(again.after(), lounge::timer_fired{"over a1"}, caller("", "", noon + 60s))->events.empty());
}

TEST_CASE("mutes and bans in force are bounded") {
  auto s = given<lounge>({created, mia_moderates}).state();
  for (std::size_t i = 0; i < domain::lounge_restrictions_max; ++i) s.bans[{std::to_string(i)}] = {};
  const auto d = lounge::decide(s, act("ban"), mia);
  REQUIRE_FALSE(d.has_value());
  CHECK(d.error().code == errc::conflict);
  CHECK(lounge::decide(s, act("mute"), mia).has_value());
}

TEST_CASE("actions are forgotten, the oldest first, but none that is in force") {
  auto s = given<lounge>({created, mia_moderates, done("ban", {}, "first"), done("warn", {}, "second")}).state();
  for (std::size_t i = 0; i < domain::lounge_actions_max + 5; ++i)
    lounge::evolve(s, done("warn", {}, "w" + std::to_string(i)), noon);
  CHECK(s.actions.contains({"first"}));
  CHECK_FALSE(s.actions.contains({"second"}));
  CHECK(s.actions.size() == domain::lounge_actions_max + 1);
  CHECK(lounge::decide(s, lounge::appeal{{"first"}, "why?"}, bob).has_value());
}

// --- the end of mutes and bans ---------------------------------------------------------------------------------------

TEST_CASE("a mute or ban ends with an event, by its timer") {
  const auto until = noon + 60s;
  for (const auto* action : {"mute", "ban"}) {
    const auto g = given<lounge>({created, mia_moderates, done(action, until)});
    g.when(lounge::timer_fired{"over a1"}, caller("", "", until))
        .then({events::moderation_expired{{"a1"}, action, {"bob"}}});
    g.when(lounge::timer_fired{"over a2"}, caller("", "", until)).nothing();
    given<lounge>({created, mia_moderates, done(action, until), events::moderation_expired{{"a1"}, action, {"bob"}}})
        .when(lounge::timer_fired{"over a1"}, caller("", "", until))
        .nothing();
  }
  given<lounge>({created, mia_moderates, done("mute")})
      .when(lounge::timer_fired{"over a1"}, caller("", "", until))
      .nothing(); // it has no end
}

TEST_CASE("time decides, not the timer: who acts after the end of their mute or ban ends it themselves") {
  const auto until = noon + 60s;
  const auto late = at(bob, until);
  given<lounge>({created, mia_moderates, bob_joined, done("mute", until)})
      .when(say, late)
      .then({events::moderation_expired{{"a1"}, "mute", {"bob"}},
             events::message_sent{{"m2"}, {"bob"}, {"s2"}, "bob", "again", {}, {}}})
      .cancels(until, "over a1");
  given<lounge>({created, mia_moderates, done("ban", until)})
      .when(lounge::join{}, late)
      .then({events::moderation_expired{{"a1"}, "ban", {"bob"}}, bob_joined});
  given<lounge>({created, mia_moderates, done("ban", until)})
      .when(lounge::join{}, at(bob, until - 1ms))
      .refused(errc::banned);
  // The end is written also when what was asked for is refused for another reason.
  given<lounge>({created, mia_moderates, done("mute", until)})
      .when(say, late)
      .then({events::moderation_expired{{"a1"}, "mute", {"bob"}}})
      .and_refused(errc::not_member);
  // Acted upon again, the first is over before the second begins.
  auto again = act("mute");
  again.id = {"a2"};
  given<lounge>({created, mia_moderates, done("mute", until)})
      .when(again, at(mia, until))
      .then({events::moderation_expired{{"a1"}, "mute", {"bob"}}, done("mute", {}, "a2")});
}

// --- appeals ------------------------------------------------------------------------------------------------------

TEST_CASE("whom it was done to appeals once") {
  const auto g = given<lounge>({created, mia_moderates, done("ban")});
  const events::moderation_appealed appealed{{"a1"}, {"bob"}, "It was not me.\nReally."};
  g.when(lounge::appeal{{"a1"}, "It was not me.\nReally."}, bob).then({appealed});
  g.when(lounge::appeal{{"a1"}, "x"}, mia).refused(errc::forbidden);
  g.when(lounge::appeal{{"a1"}, "x"}, caller("")).refused(errc::forbidden);
  g.when(lounge::appeal{{"a2"}, "x"}, bob).refused(errc::not_found);
  g.when(lounge::appeal{{"a1"}, ""}, bob).refused(errc::invalid);
  g.when(lounge::appeal{{"a1"}, std::string(domain::appeal_bytes_max + 1, 'x')}, bob).refused(errc::invalid);
  given<lounge>({created, mia_moderates, done("ban"), appealed})
      .when(lounge::appeal{{"a1"}, "and another thing"}, bob)
      .refused(errc::conflict);
  given<lounge>({created, mia_moderates, done("ban"), done("unban", {}, "a2")})
      .when(lounge::appeal{{"a2"}, "no"}, bob)
      .refused(errc::conflict);
}

TEST_CASE("an action is reversed by somebody else who moderates, by the owner or by an operator, and ends") {
  const auto until = noon + 60s;
  const auto g = given<lounge>({created, mia_moderates, max_moderates, done("ban", until)});
  const lounge::reverse reversal{{"a1"}, "a mistake"};
  const auto by = [](std::string who) {
    return events::moderation_reversed{{"a1"}, "ban", {"bob"}, {std::move(who)}, true, "a mistake"};
  };
  const auto reversed = g.when(reversal, max);
  reversed.then({by("max")}).cancels(until, "over a1");
  CHECK(lounge::decide(reversed.after(), lounge::join{}, bob).has_value());
  g.when(reversal, ann).then({by("ann")});
  g.when(reversal, mia).refused(errc::forbidden);
  g.when(reversal, bob).refused(errc::forbidden);
  g.when(lounge::reverse{{"a1"}, "a mistake", true}, caller("op")).then({by("op")});
  g.when(lounge::reverse{{"a9"}, "a mistake"}, ann).refused(errc::not_found);
  given<lounge>({created, mia_moderates, max_moderates, done("ban", until), by("max")}).when(reversal, ann).nothing();
}

TEST_CASE("the reversal of what is not in force ends nothing else") {
  const auto g = given<lounge>({created, mia_moderates, max_moderates, done("mute"), done("mute", {}, "a2")});
  const auto reversed = g.when(lounge::reverse{{"a1"}, ""}, max);
  reversed.then({events::moderation_reversed{{"a1"}, "mute", {"bob"}, {"max"}, false, ""}});
  CHECK(reversed.after().mutes.contains({"bob"}));
  const auto warned = given<lounge>({created, mia_moderates, done("warn")}).when(lounge::reverse{{"a1"}, ""}, ann);
  CHECK_FALSE(std::get<events::moderation_reversed>(warned.decision().events.front()).lifted);
}

TEST_CASE("who moderates is answered to a question, not guessed from a read model") {
  const auto g = given<lounge>({created, mia_moderates});
  g.when(lounge::check_moderator{}, mia).nothing();
  g.when(lounge::check_moderator{}, ann).nothing();
  g.when(lounge::check_moderator{}, bob).refused(errc::forbidden);
}

TEST_CASE("who joins is told roles, and who is muted") {
  const auto reply = given<lounge>({created, mia_moderates, done("mute")}).when(lounge::join{}, bob).reply();
  CHECK(reply.find(R"("moderators":["mia"])") != reply.npos);
  CHECK(reply.find(R"("role":"member","muted":true)") != reply.npos);
}

TEST_CASE("a damaged snapshot of a moderated lounge is corrupt, never an exception") {
  check_damage<lounge>(given<lounge>({created, mia_moderates, bob_joined, hello, done("mute", noon + 60s)}).state());
}
