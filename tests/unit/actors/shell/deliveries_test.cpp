// What happens between two people, told to each: event by event, every errand.

#include "actors/processes/deliveries.hpp"
#include "tests/unit/actors/domain/conversation_fixture.hpp"

using namespace parley;
using namespace parley::test;
using domain::inbox;

namespace {

record record_of(std::string_view family, std::string_view key) {
  record r;
  r.stream = make_stream(family, key);
  r.version = 7;
  r.position = 70;
  r.time = noon + 3s;
  return r;
}
std::vector<errand> after(events::conversation_event e, std::string_view in = "ann~bob") {
  return deliveries::react(record_of("conversation", in), event{std::move(e)});
}
std::vector<errand> after(events::inbox_event e) {
  return deliveries::react(record_of("inbox", "bob"), event{std::move(e)});
}

template <class Command, class Entity>
const Command& asked(const errand& e) {
  const auto* of_entity = std::get_if<typename Entity::command>(&e.command);
  REQUIRE(of_entity != nullptr);
  const auto* command = std::get_if<Command>(of_entity);
  REQUIRE(command != nullptr);
  CHECK(e.to.family() == Entity::family);
  return *command;
}
template <class Command>
const Command& to_inbox(const errand& e, const std::string& whom) {
  CHECK(e.to == make_stream(inbox::family, whom));
  return asked<Command, inbox>(e);
}
template <class Command>
const Command& to_conversation(const errand& e) {
  CHECK(e.to == make_stream(conversation::family, ann_and_bob.text));
  return asked<Command, conversation>(e);
}

} // namespace

// --- of a conversation ----------------------------------------------------------------------------------------------

TEST_CASE("a message goes into both inboxes, whole, with its place in the conversation") {
  for (const std::string about : {"", "bk_00000001.bob"}) {
    const std::string in = about.empty() ? "ann~bob" : about;
    const auto errands =
        after(events::direct_message_sent{{"m1"}, {"ann"}, {"bob"}, {"a1"}, about, "Ann", "hello", "{}", "5"}, in);
    REQUIRE(errands.size() == 2);
    const events::message_delivered expected{{in},  7,         {"m1"}, {"ann"}, {"bob"}, {"a1"},
                                             about, noon + 3s, "Ann",  "hello", "{}",    "5"};
    const std::array whom{"ann", "bob"};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& d = to_inbox<inbox::deliver>(errands[i], whom.at(i));
      CHECK(d.owner == user_id{whom.at(i)});
      CHECK(d.message == expected);
    }
  }
}

TEST_CASE("a call engages the device that calls, and all of who is called") {
  const auto errands = after(started);
  REQUIRE(errands.size() == 2);
  const auto& caller = to_inbox<inbox::engage>(errands[0], "ann");
  CHECK((caller.owner == user_id{"ann"} && caller.call == the_call && caller.conversation == ann_and_bob));
  CHECK(caller.session == session_id{"a1"});
  const auto& callee = to_inbox<inbox::engage>(errands[1], "bob");
  CHECK((callee.owner == user_id{"bob"} && callee.call == the_call && callee.conversation == ann_and_bob));
  CHECK(callee.session.empty());
}

TEST_CASE("an accepted call engages the device that answered") {
  const auto errands = after(accepted);
  REQUIRE(errands.size() == 1);
  const auto& callee = to_inbox<inbox::engage>(errands[0], "bob");
  CHECK((callee.owner == user_id{"bob"} && callee.call == the_call && callee.conversation == ann_and_bob));
  CHECK(callee.session == session_id{"b1"});
}

TEST_CASE("whatever ended a call, it lets go of both, first") {
  for (const auto* reason :
       {"ended", "rejected", "cancelled", "missed", "busy", "unavailable", "connection-lost", "blocked"})
    for (const std::uint32_t seconds : {0, 61}) {
      const auto errands = after(ended(reason, "ann", seconds));
      REQUIRE(errands.size() >= 2);
      CHECK(to_inbox<inbox::disengage>(errands[0], "ann").call == the_call);
      CHECK(to_inbox<inbox::disengage>(errands[1], "bob").call == the_call);
    }
}

TEST_CASE("who was called and did not come to it finds the call among their notifications") {
  for (const std::string reason : {"cancelled", "missed", "busy", "unavailable", "connection-lost"}) {
    INFO(reason);
    const auto errands = after(ended(reason, ""));
    REQUIRE(errands.size() == 3);
    const auto& n = to_inbox<inbox::notify>(errands[2], "bob");
    CHECK((n.owner == user_id{"bob"} && n.kind == "missed-call"));
    CHECK(n.data == R"({"callId":"c_1.ann~bob","from":"ann","reason":")" + reason + R"("})");
    CHECK(inbox::decide({}, n, system_itself).has_value());
  }
}

TEST_CASE("a call that was accepted, rejected or blocked was not missed") {
  for (const std::string reason : {"rejected", "blocked"}) CHECK(after(ended(reason, "bob")).size() == 2);
  for (const std::string reason : {"ended", "connection-lost", "busy", "unavailable", "blocked"})
    CHECK(after(ended(reason, "", 1)).size() == 2);
  // Also one that broke at once: what the call says of itself is enough to tell.
  const auto d = given<conversation>({opened, started, accepted})
                     .when(conversation::end_call{the_call, "connection-lost"}, system_itself)
                     .decision();
  CHECK(after(d.events.at(0)).size() == 2);
}

TEST_CASE("a missed call is told once, and one with the longest id, too") {
  const auto id_of = [](const events::call_ended& e) { return to_inbox<inbox::notify>(after(e).at(2), "bob").id; };
  auto other = ended("missed", "");
  other.call = another_call;
  CHECK(id_of(ended("missed", "")) == id_of(ended("missed", "")));
  CHECK(id_of(ended("missed", "")) != id_of(other));
  other.call = {std::string(stream_id_bytes_max - 8, 'c') + ".ann~bob"};
  CHECK(inbox::decide({}, to_inbox<inbox::notify>(after(other).at(2), "bob"), system_itself).has_value());
}

TEST_CASE("who blocks, and who is blocked, is no contact of the other any more") {
  const auto errands = after(events::blocked{{"ann"}});
  REQUIRE(errands.size() == 2);
  CHECK(to_inbox<inbox::forget>(errands[0], "ann").contact == user_id{"bob"});
  CHECK(to_inbox<inbox::forget>(errands[1], "bob").contact == user_id{"ann"});
  CHECK(after(events::blocked{{"ann"}}, "bk_00000001.bob").empty());
}

TEST_CASE("what concerns the conversation alone is told to no inbox") {
  CHECK(after(opened).empty());
  CHECK(after(events::read_marked{{"ann"}, 2}).empty());
  CHECK(after(events::unblocked{{"ann"}}).empty());
  CHECK(after(ringing).empty());
}

// --- of an inbox ----------------------------------------------------------------------------------------------------

TEST_CASE("when all devices of who is called are engaged, the call rings; when one is, it does not") {
  const auto errands = after(events::engaged{the_call, ann_and_bob, {}});
  REQUIRE(errands.size() == 1);
  CHECK(to_conversation<conversation::ring>(errands[0]).call == the_call);
  CHECK(after(events::engaged{the_call, ann_and_bob, {"b1"}}).empty());
}

TEST_CASE("a call that an inbox declines ends, for the inbox's reason") {
  for (const std::string reason : {"busy", "unavailable", "connection-lost"}) {
    const auto errands = after(events::call_declined{the_call, ann_and_bob, reason});
    REQUIRE(errands.size() == 1);
    const auto& end = to_conversation<conversation::end_call>(errands[0]);
    CHECK((end.call == the_call && end.reason == reason));
  }
}

TEST_CASE("what concerns the inbox alone is told to no conversation") {
  CHECK(after(events::joined{{"bob"}, {"b1"}, false, false, 1, "bob"}).empty());
  CHECK(after(events::left{{"bob"}, {"b1"}, false, 0, "left", "bob"}).empty());
  CHECK(after(events::status_set{{"b1"}, true}).empty());
  CHECK(after(events::message_delivered{}).empty());
  CHECK(after(events::notified{{"n1"}, "sale", "Sold", "", ""}).empty());
  CHECK(after(events::notification_read{{"n1"}}).empty());
  CHECK(after(events::contact_added{{"ann"}}).empty());
  CHECK(after(events::contact_removed{{"ann"}}).empty());
  CHECK(after(events::disengaged{the_call}).empty());
}

TEST_CASE("what others tell in the same words is not a person's: a room's message and joining call for nothing") {
  const auto r = record_of("room", "r1");
  CHECK(
      deliveries::react(r, event{events::room_event{events::joined{{"bob"}, {"b1"}, false, false, 1, "bob"}}}).empty());
  CHECK(
      deliveries::react(r, event{events::room_event{events::message_sent{{"m1"}, {"bob"}, {"b1"}, "bob", "x", "", ""}}})
          .empty());
}
