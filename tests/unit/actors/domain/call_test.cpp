// A call between two people, step by step. That no order of steps leads astray is walked through in call_walk_test.cpp.

#include "actors/domain/rooms/room.hpp"
#include "tests/unit/actors/domain/conversation_fixture.hpp"

using namespace parley;
using namespace parley::test;

namespace {

const conversation::accept accepting{the_call, "{answer}", sha};
const conversation::hang_up hanging_up{the_call};
const conversation::candidate ice{the_call, "{ice}"};
const conversation::timer_fired ring_timeout{"ring-timeout"}, restart{"restart"};
const std::vector<conversation::event> is_calling{opened, started}, is_ringing{opened, started, ringing},
    is_accepted{opened, started, ringing, accepted};

std::string status(std::string_view word, const call_id& call = the_call) {
  return R"({"conversationId":"ann~bob","callId":")" + call.text + R"(","status":")" + std::string{word} + R"("})";
}

} // namespace

// --- calling --------------------------------------------------------------------------------------------------------

TEST_CASE("a call reaches all devices of the other, and the one that calls is told how it stands") {
  for (const auto& story : {std::vector<conversation::event>{}, {opened}}) {
    auto expected = is_calling;
    if (!story.empty()) expected.erase(expected.begin());
    const auto d = given<conversation>(story)
                       .when(calling, ann)
                       .then(expected)
                       .answers(status("calling"))
                       .sets(noon + 45s, "ring-timeout")
                       .sets(at_restart, "restart")
                       .timers(2);
    CHECK(shown(d.decision()) == lines{"bob-a1: incoming {offer}", "ann@a1: calling calling"});
  }
}

TEST_CASE("a call rings once the other turned out to be free, and that is told once") {
  const auto g = given<conversation>(is_calling);
  const auto d = g.when(conversation::ring{the_call}, system_itself).then({ringing}).timers(0);
  CHECK(shown(d.decision()) == lines{"ann@a1: calling ringing"});
  for (const auto& story : {is_ringing, is_accepted, {opened}, {opened, started, ended("missed", "")}})
    CHECK(shown(given<conversation>(story).when(conversation::ring{the_call}, system_itself).nothing().decision())
              .empty());
  CHECK(shown(g.when(conversation::ring{another_call}, system_itself).nothing().decision()).empty());
}

TEST_CASE("when the other is busy or away no device rings, and the call is on record all the same") {
  for (const std::string why : {"busy", "unavailable"}) {
    auto c = calling;
    c.not_free = why;
    const auto d =
        given<conversation>({opened}).when(c, ann).then({started, ended(why, "")}).answers(status("ended")).timers(0);
    CHECK(shown(d.decision()) == lines{"ann@a1: ended " + why});
    CHECK_FALSE(d.after().call);
  }
}

TEST_CASE("only a session calls and accepts, with a body within bounds and a call that leads here") {
  const auto g = given<conversation>({opened});
  g.when(calling, ann_by_rest).refused(errc::invalid);
  for (const std::string id : {"", "c_1", "c_1.", "c_1.ann~eve", "ann~bob", "c_1.bob~ann", "c\n1.ann~bob"}) {
    auto c = calling;
    c.call = {id};
    g.when(c, ann).refused(errc::invalid);
  }
  auto longest = calling, longer = calling;
  longest.call = {std::string(stream_id_bytes_max - 8, 'c') + ".ann~bob"};
  longer.call = {"c" + longest.call.text};
  CHECK(g.when(longest, ann).decision().events.size() == 1);
  g.when(longer, ann).refused(errc::invalid);

  const auto bodies = [](const auto& story, auto command, std::string(decltype(command)::*body), const auto& by) {
    const auto it = given<conversation>(story);
    command.*body = std::string(domain::relay_bytes_max, 'x');
    CHECK(it.when(command, by).decision().remote_signals.size() > 0);
    command.*body += 'x';
    it.when(command, by).refused(errc::too_large);
    command.*body = "";
    it.when(command, by).refused(errc::invalid);
    command.*body = "\xff";
    it.when(command, by).refused(errc::invalid);
  };
  bodies(std::vector<conversation::event>{opened}, calling, &conversation::call::offer, ann);
  bodies(is_ringing, accepting, &conversation::accept::answer, bob);
  bodies(is_ringing, ice, &conversation::candidate::candidate, ann);
  auto unsigned_call = calling;
  unsigned_call.sha256 = "d";
  g.when(unsigned_call, ann).refused(errc::invalid);
  auto unsigned_answer = accepting;
  unsigned_answer.sha256 = "";
  given<conversation>(is_ringing).when(unsigned_answer, bob).refused(errc::invalid);
}

TEST_CASE("when both call at once there is one call: the second is told of the first") {
  const auto d = given<conversation>(is_calling)
                     .when(calling_back, bob)
                     .nothing()
                     .answers(R"({"conversationId":"ann~bob","callId":"c_1.ann~bob","status":"calling","glare":true})");
  CHECK(shown(d.decision()).empty());
  d.timers(0);
  given<conversation>(is_accepted)
      .when(calling_back, bob)
      .nothing()
      .answers(R"({"conversationId":"ann~bob","callId":"c_1.ann~bob","status":"accepted","glare":true})");
  given<conversation>(is_ringing).when(calling, ann).nothing().answers(status("ringing"));
  given<conversation>(is_ringing)
      .when(calling_back, ann_elsewhere)
      .nothing()
      .answers(R"({"conversationId":"ann~bob","callId":"c_1.ann~bob","status":"ringing","glare":false})");
}

// --- accepting ------------------------------------------------------------------------------------------------------

TEST_CASE("a call answered on one device goes to the one that called and rings no more on the others") {
  for (const auto& story : {is_calling, is_ringing}) {
    const auto d = given<conversation>(story)
                       .when(accepting, bob)
                       .then({accepted})
                       .answers(status("accepted"))
                       .cancels(noon + 45s, "ring-timeout")
                       .timers(1);
    CHECK(shown(d.decision()) == lines{"ann@a1-b1: accepted {answer}", "bob-b1: ended answered-elsewhere"});
    CHECK(d.after().call->callee_session == session_id{"b1"});
  }
}

TEST_CASE("a call is accepted once, by who is called; which call may be left open") {
  const auto over = given<conversation>(is_accepted);
  CHECK(shown(over.when(accepting, bob).nothing().answers(status("accepted")).decision()).empty());
  over.when(accepting, bob_elsewhere).refused(errc::conflict);
  const auto g = given<conversation>(is_ringing);
  g.when(accepting, ann).refused(errc::forbidden);
  g.when(accepting, ann_elsewhere).refused(errc::forbidden);
  g.when(accepting, bob_by_rest).refused(errc::invalid);
  g.when(conversation::accept{another_call, "{answer}", sha}, bob).refused(errc::not_found);
  g.when(conversation::accept{{}, "{answer}", sha}, bob).then({accepted});
  given<conversation>({opened}).when(conversation::accept{{}, "{answer}", sha}, bob).refused(errc::not_found);
  given<conversation>({opened, started, ended("missed", "")}).when(accepting, bob).refused(errc::not_found);
}

// --- ending ---------------------------------------------------------------------------------------------------------

TEST_CASE("who is called rejects on any device: the caller hears it, and the other devices stop ringing") {
  for (const auto& story : {is_calling, is_ringing}) {
    const auto d = given<conversation>(story)
                       .when(hanging_up, bob)
                       .then({ended("rejected", "bob")})
                       .answers(R"({"conversationId":"ann~bob"})")
                       .cancels(noon + 45s, "ring-timeout")
                       .cancels(at_restart, "restart")
                       .timers(2);
    CHECK(shown(d.decision()) == lines{"ann@a1-b1: rejected rejected", "bob-b1: ended rejected"});
  }
  const auto by_rest = given<conversation>(is_ringing).when(hanging_up, bob_by_rest).then({ended("rejected", "bob")});
  CHECK(shown(by_rest.decision()) == lines{"ann@a1: rejected rejected", "bob: ended rejected"});
}

TEST_CASE("who called cancels while it rings, from any device, and all that ring stop") {
  const auto g = given<conversation>(is_ringing);
  const auto d = g.when(hanging_up, ann).then({ended("cancelled", "ann")});
  CHECK(shown(d.decision()) == lines{"bob-a1: ended cancelled"});
  const auto elsewhere = g.when(hanging_up, ann_elsewhere).then({ended("cancelled", "ann")});
  CHECK(shown(elsewhere.decision()) == lines{"ann@a1-a2: ended cancelled", "bob-a2: ended cancelled"});
}

TEST_CASE("an accepted call is ended by the two devices that have it and no other, and says how long it was") {
  const auto g = given<conversation>(is_accepted);
  const auto by_ann = g.when(hanging_up, at(ann, noon + 61'500ms)).then({ended("ended", "ann", 61)});
  by_ann.cancels(at_restart, "restart").timers(1);
  CHECK(shown(by_ann.decision()) == lines{"bob@b1-a1: ended ended"});
  const auto by_bob = g.when(conversation::hang_up{}, at(bob, noon + 2s)).then({ended("ended", "bob", 2)});
  CHECK(shown(by_bob.decision()) == lines{"ann@a1-b1: ended ended"});
  for (const auto& who : {ann_elsewhere, ann_by_rest, bob_elsewhere, bob_by_rest})
    g.when(hanging_up, who).refused(errc::forbidden);
}

TEST_CASE("a call that was accepted counts a second at least, also when it broke at once or the clock was set back") {
  const auto g = given<conversation>(is_accepted);
  for (const auto then : {noon, noon + 999ms, noon - 1h}) {
    g.when(hanging_up, at(ann, then)).then({ended("ended", "ann", 1)});
    g.when(conversation::end_call{the_call, "connection-lost"}, at(system_itself, then))
        .then({ended("connection-lost", "", 1)});
  }
}

TEST_CASE("hanging up what is over, or another call, changes nothing") {
  for (const auto& story : {std::vector<conversation::event>{opened}, {opened, started, ended("cancelled", "ann")}})
    for (const auto& who : {ann, bob, ann_by_rest}) {
      given<conversation>(story).when(hanging_up, who).nothing();
      given<conversation>(story).when(conversation::hang_up{}, who).nothing();
    }
  given<conversation>(is_accepted).when(conversation::hang_up{another_call}, ann).nothing();
  given<conversation>(is_accepted).when(conversation::end_call{another_call, "busy"}, system_itself).nothing();
}

TEST_CASE("nobody answers: the call is missed, once it has rung for its time and not before") {
  for (const auto& story : {is_calling, is_ringing}) {
    const auto g = given<conversation>(story);
    const auto d = g.when(ring_timeout, at(system_itself, noon + 45s)).then({ended("missed", "")}).timers(2);
    CHECK(shown(d.decision()) == lines{"ann@a1: ended missed", "bob: ended missed"});
    g.when(ring_timeout, at(system_itself, noon + 45s - 1ms)).nothing();
    g.when(conversation::timer_fired{"nonsense"}, at(system_itself, noon + 1h)).nothing();
  }
  for (const auto& story : {is_accepted, {opened}, {opened, started, ended("rejected", "bob")}})
    given<conversation>(story).when(ring_timeout, at(system_itself, noon + 1h)).nothing();
}

TEST_CASE("no call outlives the server: its devices are told when it is back") {
  const auto rang = given<conversation>(is_ringing).when(restart, system_itself).then({ended("connection-lost", "")});
  CHECK(shown(rang.decision()) == lines{"ann@a1: ended connection-lost", "bob: ended connection-lost"});
  const auto spoke =
      given<conversation>(is_accepted).when(restart, system_itself).then({ended("connection-lost", "", 1)});
  CHECK(shown(spoke.decision()) == lines{"ann@a1: ended connection-lost", "bob@b1: ended connection-lost"});
  given<conversation>({opened}).when(restart, system_itself).nothing();
}

TEST_CASE("the inbox of either ends a call that cannot be had, or whose device is gone") {
  for (const std::string why : {"busy", "unavailable", "connection-lost"}) {
    const auto d = given<conversation>(is_calling)
                       .when(conversation::end_call{the_call, why}, system_itself)
                       .then({ended(why, "")});
    CHECK(shown(d.decision()) == lines{"ann@a1: ended " + why, "bob: ended " + why});
  }
}

TEST_CASE("a block ends the call there is, first") {
  const auto d = given<conversation>(is_accepted)
                     .when(conversation::block{ann_and_bob, true}, bob_by_rest)
                     .then({ended("blocked", "bob", 1), events::blocked{{"bob"}}})
                     .cancels(at_restart, "restart");
  CHECK(shown(d.decision()) == lines{"ann@a1: ended blocked", "bob@b1: ended blocked"});
  given<conversation>(is_ringing)
      .when(conversation::block{ann_and_bob, true}, ann)
      .then({ended("blocked", "ann"), events::blocked{{"ann"}}});
  given<conversation>(is_ringing).when(conversation::block{ann_and_bob, false}, ann).nothing();
}

TEST_CASE("after a call there is the next, and what is said of the first does not touch it") {
  const auto g = given<conversation>(
      {opened, started, ended("missed", ""), events::call_started{another_call, {"bob"}, {"ann"}, {"b1"}, 7, sha}});
  g.when(hanging_up, ann).nothing();
  g.when(conversation::ring{the_call}, system_itself).nothing();
  g.when(conversation::end_call{the_call, "busy"}, system_itself).nothing();
  g.when(accepting, ann).refused(errc::not_found);
  g.when(ice, bob).refused(errc::not_found);
  g.when(conversation::accept{another_call, "{answer}", sha}, ann)
      .then({events::call_accepted{another_call, {"ann"}, {"a1"}, 8, sha}});
}

// --- candidates -----------------------------------------------------------------------------------------------------

TEST_CASE("candidates go from the caller to all that ring, and from those to the caller") {
  const auto g = given<conversation>(is_ringing);
  CHECK(shown(g.when(ice, ann).nothing().decision()) == lines{"bob-a1: candidate {ice}"});
  CHECK(shown(g.when(ice, bob_elsewhere).nothing().decision()) == lines{"ann@a1-b2: candidate {ice}"});
  g.when(ice, ann_elsewhere).refused(errc::forbidden);
}

TEST_CASE("of an accepted call candidates go between its two devices and from no other") {
  const auto g = given<conversation>(is_accepted);
  CHECK(shown(g.when(ice, ann).nothing().decision()) == lines{"bob@b1-a1: candidate {ice}"});
  CHECK(shown(g.when(ice, bob).nothing().decision()) == lines{"ann@a1-b1: candidate {ice}"});
  CHECK(shown(g.when(conversation::candidate{{}, "{ice}"}, bob).nothing().decision()).size() == 1);
  for (const auto& who : {ann_elsewhere, ann_by_rest, bob_elsewhere, bob_by_rest})
    g.when(ice, who).refused(errc::forbidden);
  given<conversation>({opened}).when(ice, ann).refused(errc::not_found);
  given<conversation>({opened, started, ended("missed", "")}).when(ice, ann).refused(errc::not_found);
}
