// A person's inbox: their devices, whether they are there, what they are told, and the one call they are in.

#include "actors/domain/people/inbox.hpp"

#include "actors/domain/message.hpp"
#include "tests/unit/actors/domain/conversation_fixture.hpp"

using namespace parley;
using namespace parley::test;
using domain::inbox;

namespace {

events::joined joined(const std::string& session, std::uint32_t n, const std::string& user = "ann") {
  return {{user}, {session}, false, false, n, user};
}
events::left left(const std::string& session, std::uint32_t n, std::string reason = "left") {
  return {{"ann"}, {session}, false, n, std::move(reason), "ann"};
}
events::status_set away(const std::string& session, bool is_away = true) { return {{session}, is_away}; }
events::contact_added knows(const std::string& user) { return {{user}}; }
events::message_delivered delivered(const std::string& from, const std::string& to, std::string about = {}) {
  return {ann_and_bob, 2, {"m1"}, {from}, {to}, {"b1"}, std::move(about), noon, from, "hello", "", ""};
}
events::notified told(const std::string& id = "n1") { return {{id}, "sale", "Sold", "A lamp", "{}"}; }
inbox::notify telling(const std::string& id = "n1") { return {{"ann"}, {id}, "sale", "Sold", "A lamp", "{}"}; }
events::engaged engaged(std::string session = {}, const call_id& call = the_call) {
  return {call, ann_and_bob, {std::move(session)}};
}
events::call_declined declined(std::string reason, const call_id& call = the_call) {
  return {call, ann_and_bob, std::move(reason)};
}
inbox::engage engaging(std::string session = {}, const call_id& call = the_call) {
  return {{"ann"}, call, ann_and_bob, {std::move(session)}};
}

} // namespace

// --- coming and going -----------------------------------------------------------------------------------------------

TEST_CASE("each device of a person comes in once, under the person's name") {
  given<inbox>({})
      .when(inbox::join{}, ann)
      .then({joined("a1", 1)})
      .answers(R"({"userId":"ann","sessionId":"a1","seq":1})");
  const auto g = given<inbox>({joined("a1", 1)});
  g.when(inbox::join{}, ann).nothing();
  const auto second = g.when(inbox::join{"phone", false}, ann_elsewhere).decision().events.at(0);
  CHECK(std::get<events::joined>(second).name == "ann");
  CHECK(std::get<events::joined>(second).participants == 2);
}

TEST_CASE("nobody comes into somebody else's inbox, nor without a session or a user") {
  given<inbox>({joined("a1", 1)}).when(inbox::join{}, bob).refused(errc::forbidden);
  given<inbox>({joined("a1", 1), left("a1", 0)}).when(inbox::join{}, bob).refused(errc::forbidden);
  given<inbox>({}).when(inbox::join{}, system_itself).refused(errc::unauthenticated);
  given<inbox>({}).when(inbox::join{}, ann_by_rest).refused(errc::invalid);
}

TEST_CASE("so many devices are in at once and no more") {
  std::vector<inbox::event> crowd;
  for (std::uint32_t i = 1; i <= domain::inbox_sessions_max; ++i)
    crowd.emplace_back(joined("s" + std::to_string(i), i));
  given<inbox>(crowd).when(inbox::join{}, ann).refused(errc::room_full);
  given<inbox>(crowd).when(inbox::join{}, caller("ann", "s1")).nothing();
  crowd.pop_back();
  given<inbox>(crowd).when(inbox::join{}, ann).then({joined("a1", domain::inbox_sessions_max)});
}

TEST_CASE("who returns and was let go is not made a member again") {
  const inbox::join returning{"", true};
  given<inbox>({joined("a1", 1)}).when(returning, ann).nothing();
  given<inbox>({joined("a1", 1), left("a1", 0)}).when(returning, ann).refused(errc::not_member);
  given<inbox>({}).when(returning, ann).refused(errc::not_member);
}

TEST_CASE("leaving is never refused and ends a presence once, for the reason given") {
  const auto g = given<inbox>({joined("a1", 1), joined("a2", 2)});
  const auto d = g.when(inbox::leave{"connection-lost"}, ann).then({left("a1", 1, "connection-lost")});
  CHECK(d.after().members.size() == 1);
  for (const auto& who : {bob, eve, ann_by_rest, system_itself}) g.when(inbox::leave{}, who).nothing();
  given<inbox>({}).when(inbox::leave{}, ann).nothing();
}

// --- presence -------------------------------------------------------------------------------------------------------

TEST_CASE("contacts hear that a person is there with the first device, and gone with the last") {
  const std::vector<inbox::event> met{knows("bob"), knows("eve")};
  const auto came = given<inbox>(met).when(inbox::join{}, ann).decision();
  CHECK(shown(came) == lines{"bob: ann is online", "eve: ann is online"});
  CHECK(std::get<domain::presence_signal>(came.remote_signals.at(0).what).at == noon);

  auto one = met, two = met;
  one.emplace_back(joined("a1", 1));
  two.insert(two.end(), {joined("a1", 1), joined("a2", 2)});
  CHECK(shown(given<inbox>(one).when(inbox::join{}, ann_elsewhere).decision()).empty());
  CHECK(shown(given<inbox>(two).when(inbox::leave{}, ann).decision()).empty());
  const auto went = given<inbox>(one).when(inbox::leave{}, at(ann, noon + 1h)).decision();
  CHECK(shown(went) == lines{"bob: ann is offline", "eve: ann is offline"});
  CHECK(std::get<domain::presence_signal>(went.remote_signals.at(0).what).at == noon + 1h);
}

TEST_CASE("a person is away when none of their devices is looked at") {
  const std::vector<inbox::event> two{knows("bob"), joined("a1", 1), joined("a2", 2)};
  const auto half = given<inbox>(two).when(inbox::set_status{true}, ann).then({away("a1")});
  CHECK(shown(half.decision()).empty());
  auto one_away = two;
  one_away.emplace_back(away("a1"));
  const auto g = given<inbox>(one_away);
  CHECK(shown(g.when(inbox::set_status{true}, ann_elsewhere).then({away("a2")}).decision()) ==
        lines{"bob: ann is away"});
  // The one that was looked at goes: who is left is away.
  CHECK(shown(g.when(inbox::leave{}, ann_elsewhere).then({left("a2", 1)}).decision()) == lines{"bob: ann is away"});
  CHECK(shown(g.when(inbox::leave{}, ann).then({left("a1", 1)}).decision()).empty());
  auto both_away = one_away;
  both_away.emplace_back(away("a2"));
  const auto b = given<inbox>(both_away);
  CHECK(shown(b.when(inbox::set_status{false}, ann).then({away("a1", false)}).decision()) ==
        lines{"bob: ann is online"});
  CHECK(shown(b.when(inbox::join{}, caller("ann", "a3")).decision()) == lines{"bob: ann is online"});
  CHECK(shown(b.when(inbox::leave{}, ann).decision()).empty());
}

TEST_CASE("what a device said already changes nothing, and only a device that is in says it") {
  const auto g = given<inbox>({joined("a1", 1), joined("a2", 2), away("a1")});
  g.when(inbox::set_status{true}, ann).nothing();
  g.when(inbox::set_status{false}, ann_elsewhere).nothing();
  for (const auto& who : {bob, eve, ann_by_rest, system_itself, caller("ann", "a3")})
    for (const bool is_away : {true, false}) g.when(inbox::set_status{is_away}, who).refused(errc::not_member);
}

TEST_CASE("who comes back is not away any more") {
  const auto g = given<inbox>({joined("a1", 1), away("a1"), left("a1", 0), joined("a1", 1)});
  CHECK(g.state().away.empty());
  g.when(inbox::set_status{true}, ann).then({away("a1")});
}

// --- messages and contacts ------------------------------------------------------------------------------------------

TEST_CASE("a message is delivered to who wrote it and whom it is for; the other becomes a contact once") {
  const auto from_bob = delivered("bob", "ann"), to_bob = delivered("ann", "bob");
  const auto g = given<inbox>({});
  g.when(inbox::deliver{{"ann"}, from_bob}, system_itself).then({knows("bob"), from_bob}).answers("{}");
  g.when(inbox::deliver{{"ann"}, to_bob}, system_itself).then({knows("bob"), to_bob});
  given<inbox>({knows("bob"), from_bob}).when(inbox::deliver{{"ann"}, to_bob}, system_itself).then({to_bob});
}

TEST_CASE("who writes about a booking is no contact") {
  const auto about = delivered("bob", "ann", "bk_00000001.bob");
  given<inbox>({}).when(inbox::deliver{{"ann"}, about}, system_itself).then({about});
}

TEST_CASE("so many contacts are told of a person and no more; messages arrive from all") {
  std::vector<inbox::event> crowd;
  for (std::size_t i = 1; i < domain::contacts_max; ++i) crowd.emplace_back(knows("u" + std::to_string(i)));
  domain::inbox::state s;
  for (const auto& e : crowd) inbox::evolve(s, e, noon);
  const auto message = delivered("bob", "ann");
  const auto last = inbox::decide(s, inbox::deliver{{"ann"}, message}, system_itself);
  REQUIRE(last.has_value());
  CHECK(as_text(last->events) == as_text<inbox::event>({knows("bob"), message}));
  inbox::evolve(s, knows("u0"), noon);
  const auto beyond = inbox::decide(s, inbox::deliver{{"ann"}, message}, system_itself);
  REQUIRE(beyond.has_value());
  CHECK(as_text(beyond->events) == as_text<inbox::event>({message}));
  const auto came = inbox::decide(s, inbox::join{}, ann);
  REQUIRE(came.has_value());
  CHECK(came->remote_signals.size() == domain::contacts_max);
}

// --- notifications --------------------------------------------------------------------------------------------------

TEST_CASE("a person is told something once as long as it is unread, and reads it once") {
  given<inbox>({}).when(telling(), system_itself).then({told()}).answers(R"({"id":"n1"})");
  const auto g = given<inbox>({told()});
  g.when(telling(), system_itself).nothing().answers(R"({"id":"n1"})");
  g.when(telling("n2"), system_itself).then({told("n2")});
  g.when(inbox::mark_read{{"n1"}}, ann_by_rest).then({events::notification_read{{"n1"}}}).answers(R"({"id":"n1"})");
  g.when(inbox::mark_read{{"n2"}}, ann_by_rest).nothing();
  given<inbox>({told(), events::notification_read{{"n1"}}}).when(inbox::mark_read{{"n1"}}, ann).nothing();
}

TEST_CASE("nobody reads what somebody else was told") {
  const auto g = given<inbox>({joined("a1", 1), left("a1", 0), told()});
  g.when(inbox::mark_read{{"n1"}}, bob).refused(errc::forbidden);
  g.when(inbox::mark_read{{"n1"}}, system_itself).refused(errc::unauthenticated);
  g.when(inbox::mark_read{{"n1"}}, ann).then({events::notification_read{{"n1"}}});
}

TEST_CASE("a notification out of bounds is refused, and at its bound it is not") {
  const auto fits = [](auto alter) {
    auto c = telling();
    alter(c);
    CHECK(given<inbox>({}).when(c, system_itself).decision().events.size() == 1);
  };
  const auto refused = [](auto alter, errc code) {
    auto c = telling();
    alter(c);
    given<inbox>({}).when(c, system_itself).refused(code);
  };
  fits([](auto& c) { c.id.text.assign(domain::message_id_bytes_max, 'n'); });
  refused([](auto& c) { c.id.text.assign(domain::message_id_bytes_max + 1, 'n'); }, errc::invalid);
  refused([](auto& c) { c.id = {}; }, errc::invalid);
  fits([](auto& c) { c.kind.assign(domain::notification_kind_bytes_max, 'k'); });
  refused([](auto& c) { c.kind.assign(domain::notification_kind_bytes_max + 1, 'k'); }, errc::invalid);
  refused([](auto& c) { c.kind = ""; }, errc::invalid);
  refused([](auto& c) { c.kind = "a\tb"; }, errc::invalid);
  fits([](auto& c) { c.title.assign(domain::notification_title_bytes_max, 't'); });
  refused([](auto& c) { c.title.assign(domain::notification_title_bytes_max + 1, 't'); }, errc::invalid);
  refused([](auto& c) { c.title = ""; }, errc::invalid);
  refused([](auto& c) { c.title = " \xe2\x80\xae\n"; }, errc::invalid); // nothing to be seen
  fits([](auto& c) { c.body.assign(domain::notification_body_bytes_max, 'b'); });
  fits([](auto& c) { c.body = ""; });
  refused([](auto& c) { c.body.assign(domain::notification_body_bytes_max + 1, 'b'); }, errc::too_large);
  refused([](auto& c) { c.body = "\xed\xa0\x80"; }, errc::invalid);
  refused([](auto& c) { c.body = std::string(1, '\0'); }, errc::invalid);
  const auto object = [](std::size_t bytes) { return R"({"a":")" + std::string(bytes - 8, 'd') + R"("})"; };
  fits([&](auto& c) { c.data = object(domain::notification_data_bytes_max); });
  fits([](auto& c) { c.data = ""; });
  refused([&](auto& c) { c.data = object(domain::notification_data_bytes_max + 1); }, errc::too_large);
  for (const auto* data : {"[]", "7", "{", R"({"a":"\u0000"})", "{\"a\":\"\xff\"}"})
    refused([&](auto& c) { c.data = data; }, errc::invalid);
  refused([](auto& c) { c.data = std::string(domain::notification_data_bytes_max, '['); }, errc::invalid);
  fits([](auto& c) { c.data = R"({"a":"\\u0000"})"; }); // six characters that somebody wrote, and no NUL
  refused([](auto& c) { c.data = R"({"a":"\\\u0000"})"; }, errc::invalid);
}

TEST_CASE("so many notifications are kept as unread: the oldest counts as read first") {
  inbox::state s;
  for (std::size_t i = domain::unread_max; i > 0; --i) inbox::evolve(s, told("n" + std::to_string(i)), noon);
  CHECK(s.unread.size() == domain::unread_max);
  inbox::evolve(s, told("one more"), noon);
  CHECK(s.unread.size() == domain::unread_max);
  CHECK_FALSE(s.unread.contains({"n" + std::to_string(domain::unread_max)}));
  CHECK((s.unread.contains({"n1"}) && s.unread.contains({"one more"})));
  const auto said = inbox::decide(s, telling("two more"), system_itself);
  REQUIRE(said.has_value());
  const events::notification_read oldest{{"n" + std::to_string(domain::unread_max - 1)}};
  CHECK((said->events.size() == 2 && std::get<events::notification_read>(said->events[0]) == oldest));
  check_snapshot<inbox>(s);
}

// --- calls ----------------------------------------------------------------------------------------------------------

TEST_CASE("a person who is there is engaged by one call at a time") {
  const auto g = given<inbox>({joined("a1", 1)});
  g.when(engaging(), system_itself).then({engaged()}).answers("{}");
  g.when(engaging("a1"), system_itself).then({engaged("a1")});
  const auto busy = given<inbox>({joined("a1", 1), engaged()});
  busy.when(engaging(), system_itself).nothing();
  busy.when(engaging("", another_call), system_itself).then({declined("busy", another_call)});
  busy.when(engaging("a1", another_call), system_itself).then({declined("busy", another_call)});
  CHECK(busy.when(engaging("", another_call), system_itself).after().call->call == the_call);
}

TEST_CASE("who is not there, or whose device is gone, declines") {
  given<inbox>({}).when(engaging(), system_itself).then({declined("unavailable")});
  given<inbox>({joined("a1", 1), left("a1", 0)}).when(engaging(), system_itself).then({declined("unavailable")});
  given<inbox>({joined("a2", 1)}).when(engaging("a1"), system_itself).then({declined("unavailable")});
  given<inbox>({joined("a1", 1), away("a1")}).when(engaging(), system_itself).then({engaged()});
}

TEST_CASE("a call that rang on all devices is then on the one that answered") {
  const auto g = given<inbox>({joined("a1", 1), joined("a2", 2), engaged()});
  CHECK(g.when(engaging("a2"), system_itself).then({engaged("a2")}).after().call->session == session_id{"a2"});
  const auto answered = given<inbox>({joined("a1", 1), joined("a2", 2), engaged(), engaged("a2")});
  answered.when(engaging("a2"), system_itself).nothing();
  answered.when(engaging(), system_itself).nothing();
}

TEST_CASE("the device that answered went before its inbox heard of the answer: the call is over, not without end") {
  const auto d = given<inbox>({joined("a1", 1), joined("a2", 2), engaged(), left("a2", 1)})
                     .when(engaging("a2"), system_itself)
                     .then({declined("connection-lost"), events::disengaged{the_call}});
  CHECK_FALSE(d.after().call);
}

TEST_CASE("when the device that has the call goes the call does, too; when another goes it does not") {
  const std::vector<inbox::event> speaks{joined("a1", 1), joined("a2", 2), engaged("a1")};
  const auto d =
      given<inbox>(speaks)
          .when(inbox::leave{"connection-lost"}, ann)
          .then({left("a1", 1, "connection-lost"), declined("connection-lost"), events::disengaged{the_call}});
  CHECK_FALSE(d.after().call);
  CHECK(given<inbox>(speaks).when(inbox::leave{}, ann_elsewhere).then({left("a2", 1)}).after().call);
  // While it rings the person may come back on another device before its time is over.
  CHECK(given<inbox>({joined("a1", 1), engaged()}).when(inbox::leave{}, ann).then({left("a1", 0)}).after().call);
}

TEST_CASE("a person is free again when their call is over, not when another is") {
  const auto g = given<inbox>({joined("a1", 1), engaged()});
  CHECK_FALSE(g.when(inbox::disengage{the_call}, system_itself).then({events::disengaged{the_call}}).after().call);
  g.when(inbox::disengage{another_call}, system_itself).nothing();
  given<inbox>({joined("a1", 1), engaged(), events::disengaged{the_call}})
      .when(inbox::disengage{the_call}, system_itself)
      .nothing();
}

TEST_CASE("who is forgotten is told of presence no more, until there is a message again") {
  const events::contact_removed forgotten{{"bob"}};
  const auto g = given<inbox>({knows("bob"), knows("eve"), joined("a1", 1)});
  g.when(inbox::forget{{"ann"}, {"bob"}}, system_itself).then({forgotten}).answers("{}");
  g.when(inbox::forget{{"ann"}, {"carl"}}, system_itself).nothing();
  const auto after = given<inbox>({knows("bob"), knows("eve"), joined("a1", 1), forgotten});
  CHECK(shown(after.when(inbox::leave{}, ann).decision()) == lines{"eve: ann is offline"});
  const auto message = delivered("bob", "ann");
  after.when(inbox::deliver{{"ann"}, message}, system_itself).then({knows("bob"), message});
}

TEST_CASE("whether somebody may be called can be asked") {
  given<inbox>({joined("a1", 1)}).when(inbox::ask_free{}, bob).nothing().answers("{}");
  given<inbox>({joined("a1", 1), away("a1")}).when(inbox::ask_free{}, bob).nothing();
  given<inbox>({joined("a1", 1), engaged()}).when(inbox::ask_free{}, eve).refused(errc::busy);
  // Of their own call the conversation of the two knows more.
  given<inbox>({joined("a1", 1), engaged()}).when(inbox::ask_free{}, bob).nothing();
  given<inbox>({joined("a1", 1), engaged(), left("a1", 0)}).when(inbox::ask_free{}, bob).refused(errc::unreachable);
  given<inbox>({}).when(inbox::ask_free{}, bob).refused(errc::unreachable);
  given<inbox>({joined("a1", 1), left("a1", 0)}).when(inbox::ask_free{}, bob).refused(errc::unreachable);
}

// --- snapshots ------------------------------------------------------------------------------------------------------

TEST_CASE("an inbox comes back from its snapshot whole, and from a damaged one not at all") {
  auto s = given<inbox>({joined("a1", 1), joined("a2", 2), away("a2"), knows("bob"), told(), engaged("a1")}).state();
  s.taken.take({{"deliveries"}, {70, 1}});
  s.taken.take({{"purchases"}, {9, 0}});
  const auto back = inbox::restore(inbox::snapshot(s));
  REQUIRE(back.has_value());
  CHECK((back->owner == user_id{"ann"} && back->members == s.members && back->away == s.away && back->seq == 6));
  CHECK((back->contacts == s.contacts && back->unread.at({"n1"}).seq == 5));
  REQUIRE(back->call.has_value());
  CHECK((back->call->call == the_call && back->call->conversation == ann_and_bob));
  CHECK(back->call->session == session_id{"a1"});
  CHECK(back->taken.last == s.taken.last);
  check_damage<inbox>(s);
}
