// Two people: who may write to whom, how far each has read, who blocks whom. Their call is in call_test.cpp.

#include "actors/domain/message.hpp"
#include "tests/unit/actors/domain/conversation_fixture.hpp"

using namespace parley;
using namespace parley::test;

namespace {

const std::string chat = "bk_00000001.bob";
const events::conversation_opened chat_opened{{chat}, {"ann"}, {"bob"}, chat};
const events::blocked by_ann{{"ann"}}, by_bob{{"bob"}};
const events::unblocked no_more_by_ann{{"ann"}};

conversation::send saying(std::string text = "hello", conversation_id in = ann_and_bob) {
  return {std::move(in), {{"m1"}, std::move(text), {}, {}}};
}
events::direct_message_sent said(const std::string& from = "ann", const std::string& to = "bob",
                                 const std::string& session = "a1") {
  return {{"m1"}, {from}, {to}, {session}, "", from, "hello", "", ""};
}

} // namespace

// --- ids ------------------------------------------------------------------------------------------------------------

TEST_CASE("two people have one conversation, whoever asks, and its id names them") {
  CHECK(domain::direct_conversation({"ann"}, {"bob"}) == ann_and_bob);
  CHECK(domain::direct_conversation({"bob"}, {"ann"}) == ann_and_bob);
  CHECK(domain::people_of(ann_and_bob) == std::pair{user_id{"ann"}, user_id{"bob"}});
  CHECK(domain::conversation_of(the_call) == ann_and_bob);
  CHECK(domain::conversation_of({"c_1.bk_1.bob"}) == conversation_id{"bk_1.bob"});
}

TEST_CASE("nobody has a conversation with themselves, with nobody, or with several") {
  CHECK(domain::direct_conversation({"ann"}, {"ann"}).empty());
  CHECK(domain::direct_conversation({"ann"}, {""}).empty());
  CHECK(domain::direct_conversation({""}, {"ann"}).empty());
  for (const auto* id : {"", "~", "ann", "ann~", "~bob", "bob~ann", "ann~ann", "ann~bob~eve", "a~b~", "~a~b", "~~"})
    CHECK(domain::people_of({id}).first.empty());
  // What is made of a name with the sign in it is taken for no conversation at all, not for somebody else's.
  CHECK(domain::people_of(domain::direct_conversation({"ann~bob"}, {"eve"})).first.empty());
  CHECK(domain::conversation_of({"c_1"}).empty());
}

// --- messages -------------------------------------------------------------------------------------------------------

TEST_CASE("the first message opens the conversation of two, the next does not") {
  given<conversation>({})
      .when(saying(), ann)
      .then({opened, said()})
      .answers(R"({"conversationId":"ann~bob","id":"m1","content":"hello","text":"hello","message":"hello",)"
               R"("senderId":"ann","receiverId":"bob","createdAt":"2027-01-15T08:00:00.000Z",)"
               R"("timestamp":"2027-01-15T08:00:00.000Z","seq":2})");
  given<conversation>({}).when(saying(), bob).then({opened, said("bob", "ann", "b1")});
  given<conversation>({opened, said()}).when(saying(), bob_by_rest).then({said("bob", "ann", "")});
}

TEST_CASE("only the two speak, read, type, block and call") {
  for (const auto& story : {std::vector<conversation::event>{}, {opened, said()}}) {
    const auto g = given<conversation>(story);
    for (const conversation::command& c : {conversation::command{saying()},
                                           {conversation::typing{ann_and_bob, true}},
                                           {conversation::block{ann_and_bob, true}},
                                           {calling}}) {
      g.when(c, eve).refused(errc::forbidden);
      g.when(c, system_itself).refused(errc::unauthenticated);
    }
  }
  const auto g = given<conversation>({opened, said()});
  for (const auto& who : {eve, system_itself}) {
    g.when(conversation::mark_read{1}, who).refused(errc::forbidden);
    g.when(conversation::accept{}, who).refused(errc::forbidden);
    g.when(conversation::hang_up{}, who).refused(errc::forbidden);
    g.when(conversation::candidate{{}, "{}"}, who).refused(errc::forbidden);
  }
}

TEST_CASE("a conversation that is not of two people is not found, and none of it is opened") {
  const auto g = given<conversation>({});
  for (const auto* id : {"", "ann", "ann~", "~ann", "bob~ann", "ann~ann", "ann~bob~eve", "bk_00000001.bob"}) {
    g.when(saying("hello", {id}), ann).refused(errc::not_found);
    g.when(conversation::typing{{id}, true}, ann).refused(errc::not_found);
    g.when(conversation::block{{id}, true}, ann).refused(errc::not_found);
    g.when(conversation::call{{id}, {std::string{"c_1."} + id}, "{}", sha, ""}, ann).refused(errc::not_found);
  }
  g.when(conversation::mark_read{1}, ann).refused(errc::not_found);
  g.when(conversation::accept{}, ann).refused(errc::not_found);
  g.when(conversation::hang_up{}, ann).refused(errc::not_found);
  g.when(conversation::candidate{{}, "{}"}, ann).refused(errc::not_found);
}

TEST_CASE("a message out of bounds is refused, and at its bound it is not") {
  const auto fits = [](auto alter) {
    auto c = saying();
    alter(c.message);
    CHECK(given<conversation>({opened}).when(c, ann).decision().events.size() == 1);
  };
  const auto refused = [](auto alter, errc code) {
    auto c = saying();
    alter(c.message);
    given<conversation>({opened}).when(c, ann).refused(code);
    given<conversation>({}).when(c, ann).refused(code);
  };
  fits([](auto& m) { m.text.assign(domain::message_bytes_max, 'x'); });
  refused([](auto& m) { m.text.assign(domain::message_bytes_max + 1, 'x'); }, errc::too_large);
  refused([](auto& m) { m.text.clear(); }, errc::invalid);
  refused([](auto& m) { m.text = "\xff"; }, errc::invalid);
  refused([](auto& m) { m.text = std::string("a\0b", 3); }, errc::invalid);
  fits([](auto& m) { m.id.text.assign(domain::message_id_bytes_max, 'x'); });
  refused([](auto& m) { m.id.text.assign(domain::message_id_bytes_max + 1, 'x'); }, errc::invalid);
  refused([](auto& m) { m.id = {}; }, errc::invalid);
  refused([](auto& m) { m.id = {"a\nb"}; }, errc::invalid);
  fits([](auto& m) { m.reply_to = R"({"id":"m0"})"; });
  refused([](auto& m) { m.reply_to = "[]"; }, errc::invalid);
  refused([](auto& m) { m.reply_to = R"({"a":"\u0000"})"; }, errc::invalid);
  refused([](auto& m) { m.reply_to = '"' + std::string(domain::reply_bytes_max, 'x') + '"'; }, errc::too_large);
  fits([](auto& m) { m.client_time.assign(domain::client_time_bytes_max, '1'); });
  refused([](auto& m) { m.client_time.assign(domain::client_time_bytes_max + 1, '1'); }, errc::invalid);
}

TEST_CASE("a message carries its sender's name, cleaned, and everything the client gave with it") {
  auto by = ann;
  by.name = " An\x1b[1mn\n";
  auto e = said();
  e.name = "An[1mn";
  given<conversation>({opened}).when(saying(), by).then({e});
  auto c = saying();
  c.message.reply_to = R"({"id":"m0"})";
  c.message.client_time = "5";
  given<conversation>({opened}).when(c, ann).then(
      {events::direct_message_sent{{"m1"}, {"ann"}, {"bob"}, {"a1"}, "", "ann", "hello", R"({"id":"m0"})", "5"}});
}

TEST_CASE("a used message id is not the conversation's to refuse: the key of the command is, and two people may use "
          "the same") {
  const auto g = given<conversation>({opened, said()});
  g.when(saying(), ann).then({said()});
  g.when(saying(), bob).then({said("bob", "ann", "b1")});
}

TEST_CASE("a guest answers who wrote or called first, and is nobody's first") {
  auto guest = bob;
  guest.guest = true;
  const auto new_one = given<conversation>({});
  for (const conversation::command& c : {conversation::command{saying()},
                                         {conversation::typing{ann_and_bob, true}},
                                         {conversation::block{ann_and_bob, true}},
                                         {calling}})
    new_one.when(c, guest).refused(errc::guests_not_allowed);
  given<conversation>({opened, said()}).when(saying(), guest).then({said("bob", "ann", "b1")});
  CHECK(given<conversation>({opened, said()}).when(calling, guest).decision().events.size() == 1);
  const auto called = given<conversation>({opened, started, ended("missed", "")});
  called.when(saying(), guest).then({said("bob", "ann", "b1")});
  called.when(conversation::block{ann_and_bob, true}, guest).then({by_bob});
}

// --- the chat of a booking ------------------------------------------------------------------------------------------

TEST_CASE("the chat of a booking is opened once, by a process, for its two people") {
  const conversation::open open{{chat}, {"ann"}, {"bob"}, chat};
  given<conversation>({})
      .when(open, system_itself)
      .then({chat_opened})
      .answers(R"({"conversationId":"bk_00000001.bob"})");
  const auto g = given<conversation>({chat_opened});
  g.when(open, system_itself).nothing();
  g.when(conversation::open{{chat}, {"eve"}, {"bob"}, chat}, system_itself).refused(errc::conflict);
  g.when(conversation::open{{chat}, {"ann"}, {"eve"}, chat}, system_itself).refused(errc::conflict);
  g.when(conversation::open{{chat}, {"ann"}, {"bob"}, ""}, system_itself).refused(errc::conflict);
  for (const auto& [first, second] : {std::pair{"ann", "ann"}, {"", "bob"}, {"ann", ""}})
    given<conversation>({})
        .when(conversation::open{{chat}, {first}, {second}, chat}, system_itself)
        .refused(errc::invalid);
}

TEST_CASE("in the chat of a booking its two people write, and each message says what it is about") {
  const auto g = given<conversation>({chat_opened});
  auto e = said("bob", "ann", "b1");
  e.about = chat;
  g.when(saying("hello", {chat}), bob).then({e});
  g.when(saying("hello", {chat}), eve).refused(errc::forbidden);
}

// --- reading and typing ---------------------------------------------------------------------------------------------

TEST_CASE("a read mark goes forward only, to the last event at most, and both people's devices hear of it") {
  const auto g = given<conversation>({opened, said(), said(), events::read_marked{{"bob"}, 2}});
  const auto d = g.when(conversation::mark_read{3}, bob)
                     .then({events::read_marked{{"bob"}, 3}})
                     .answers(R"({"conversationId":"ann~bob","seq":3})");
  CHECK(shown(d.decision()) == lines{"ann-b1: bob read 3 of ann~bob", "bob-b1: bob read 3 of ann~bob"});
  for (const version seq : {2, 1, 0})
    CHECK(shown(g.when(conversation::mark_read{seq}, bob)
                    .nothing()
                    .answers(R"({"conversationId":"ann~bob","seq":2})")
                    .decision())
              .empty());
  g.when(conversation::mark_read{~version{0}}, bob).then({events::read_marked{{"bob"}, 3}});
  g.when(conversation::mark_read{0}, ann).nothing().answers(R"({"conversationId":"ann~bob","seq":0})");
}

TEST_CASE("a read mark is nothing to read: marking all as read again and again changes nothing") {
  const conversation::mark_read all{~version{0}};
  const events::read_marked by_ann_now{{"ann"}, 2}, by_bob_now{{"bob"}, 2};
  const auto g = given<conversation>({opened, said(), by_bob_now, by_ann_now});
  for (const auto& who : {ann, bob}) g.when(all, who).nothing();
  given<conversation>({opened, said(), by_bob_now, by_ann_now, said()})
      .when(all, bob)
      .then({events::read_marked{{"bob"}, 5}});
}

TEST_CASE("each has a mark of their own") {
  const auto g = given<conversation>({opened, said(), events::read_marked{{"bob"}, 2}});
  const auto d = g.when(conversation::mark_read{2}, ann_by_rest).then({events::read_marked{{"ann"}, 2}});
  CHECK(d.after().read.at({"ann"}).seq == 2);
  CHECK(d.after().read.at({"bob"}).seq == 2);
  g.when(conversation::mark_read{1}, ann).then({events::read_marked{{"ann"}, 1}});
}

TEST_CASE("typing is shown to the other alone, is written nowhere, and opens nothing") {
  for (const auto& story : {std::vector<conversation::event>{}, {opened}}) {
    const auto g = given<conversation>(story);
    const auto on = g.when(conversation::typing{ann_and_bob, true}, ann).nothing();
    on.answers(R"({"conversationId":"ann~bob"})");
    CHECK(shown(on.decision()) == lines{"bob-a1: ann types in ann~bob"});
    const auto off = g.when(conversation::typing{ann_and_bob, false}, bob).nothing();
    CHECK(shown(off.decision()) == lines{"ann-b1: bob types no more in ann~bob"});
  }
}

// --- blocking -------------------------------------------------------------------------------------------------------

TEST_CASE("who blocks somebody neither hears from them nor speaks to them, until they take it back") {
  const auto g = given<conversation>({opened, by_ann});
  for (const auto& who : {ann, bob}) {
    g.when(saying(), who).refused(errc::blocked);
    g.when(calling, who).refused(errc::blocked);
    CHECK(shown(g.when(conversation::typing{ann_and_bob, true}, who).nothing().decision()).empty());
  }
  g.when(conversation::block{ann_and_bob, false}, bob).nothing(); // it is not bob's to take back
  g.when(conversation::block{ann_and_bob, false}, ann).then({no_more_by_ann});
  given<conversation>({opened, by_ann, no_more_by_ann}).when(saying(), bob).then({said("bob", "ann", "b1")});
}

TEST_CASE("in the chat of a booking nobody is heard while one of the two blocks the other elsewhere") {
  const auto g = given<conversation>({chat_opened});
  auto held_back = saying("hello", {chat});
  held_back.blocked = true;
  for (const auto& who : {ann, bob}) g.when(held_back, who).refused(errc::blocked);
  g.when(held_back, eve).refused(errc::forbidden);
  CHECK(g.when(saying("hello", {chat}), bob).decision().events.size() == 1);
}

TEST_CASE("each of the two can ask whom they may write to") {
  const auto g = given<conversation>({chat_opened});
  g.when(conversation::ask_other{}, ann).nothing().answers(R"({"conversationId":"bk_00000001.bob","otherId":"bob"})");
  g.when(conversation::ask_other{}, bob).nothing().answers(R"({"conversationId":"bk_00000001.bob","otherId":"ann"})");
  for (const auto& who : {eve, system_itself}) g.when(conversation::ask_other{}, who).refused(errc::forbidden);
  given<conversation>({}).when(conversation::ask_other{}, ann).refused(errc::not_found);
  const auto blocked = given<conversation>({opened, by_ann});
  for (const auto& who : {ann, bob}) blocked.when(conversation::ask_other{}, who).refused(errc::blocked);
  given<conversation>({opened, by_ann, no_more_by_ann}).when(conversation::ask_other{}, bob).nothing();
}

TEST_CASE("two blocks are two: both are taken back before anybody speaks") {
  given<conversation>({opened, by_ann}).when(conversation::block{ann_and_bob, true}, bob).then({by_bob});
  const auto half = given<conversation>({opened, by_ann, by_bob, no_more_by_ann});
  for (const auto& who : {ann, bob}) half.when(saying(), who).refused(errc::blocked);
}

TEST_CASE("a block is said once, also to somebody one never spoke with") {
  given<conversation>({})
      .when(conversation::block{ann_and_bob, true}, bob_by_rest)
      .then({opened, by_bob})
      .answers(R"({"conversationId":"ann~bob"})");
  given<conversation>({opened, by_ann}).when(conversation::block{ann_and_bob, true}, ann).nothing();
  given<conversation>({opened}).when(conversation::block{ann_and_bob, false}, ann).nothing();
  given<conversation>({})
      .when(conversation::block{ann_and_bob, false}, ann)
      .nothing()
      .answers(R"({"conversationId":"ann~bob"})");
}

TEST_CASE("what was written before a block stays readable") {
  given<conversation>({opened, said(), by_ann})
      .when(conversation::mark_read{2}, bob)
      .then({events::read_marked{{"bob"}, 2}});
}

// --- snapshots ------------------------------------------------------------------------------------------------------

TEST_CASE("a conversation comes back from its snapshot whole, and from a damaged one not at all") {
  const auto s =
      given<conversation>({opened, said(), events::read_marked{{"bob"}, 2}, by_bob, started, ringing, accepted})
          .state();
  const auto back = conversation::restore(conversation::snapshot(s));
  REQUIRE(back.has_value());
  CHECK((back->id == s.id && back->first == s.first && back->second == s.second && back->seq == 7));
  CHECK((back->read.at({"bob"}).seq == 2 && back->blocked_by == s.blocked_by));
  REQUIRE(back->call.has_value());
  CHECK((back->call->id == the_call && back->call->caller_session == session_id{"a1"}));
  CHECK((back->call->callee_session == session_id{"b1"} && back->call->is_ringing));
  CHECK((back->call->started_at == noon && back->call->accepted_at == noon));
  check_damage<conversation>(s);
}
