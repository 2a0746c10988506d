// What a session says to other people: in the chat of a booking, and who blocks whom.
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::conversation;

namespace {

const conversation_id chat{"bk_00000001.pia"};
const stream_id in_chat = make_stream(conversation::family, chat.text);

/// Carl, who booked, and Pia, each at a device.
struct booked {
  explicit booked(actor_world& world)
    : in{world} {
    for (const auto* user : {"carl", "pia", "eve"}) world.sign_up(user, std::string{"l_"} + user);
    world.ask<conversation>(in_chat, conversation::open{chat, {"carl"}, {"pia"}, chat.text}, caller(""));
    world.settle();
    carl = world.connect("c1", "carl", "l_carl");
    pia = world.connect("p1", "pia", "l_pia");
    eve = world.connect("e1", "eve", "l_eve");
    world.settle();
  }
  void block(const std::string& by, const std::string& whom, bool on) {
    const auto direct = domain::direct_conversation({by}, {whom});
    in.ask<conversation>(make_stream(conversation::family, direct.text), conversation::block{direct, on}, caller(by));
    in.settle();
  }
  std::uint64_t say(const world_client_ptr& who, const std::string& id, std::optional<idempotency> key = std::nullopt) {
    const auto asked = who->request(
        tell_place{in_chat, conversation::command{conversation::send{chat, {{id}, "hello", {}, {}}}}, std::move(key)});
    in.settle();
    return asked;
  }
  actor_world& in;
  world_client_ptr carl, pia, eve;
};

} // namespace

TEST_CASE("in the chat of a booking nobody writes to whom they blocked, or who blocked them, until that is lifted") {
  memory_log log;
  actor_world world{log};
  booked they{world};
  CHECK(they.carl->succeeded(they.say(they.carl, "m1"))); // the two never wrote to each other elsewhere
  CHECK(they.pia->succeeded(they.say(they.pia, "m2")));
  they.block("pia", "carl", true);
  const auto before = log.stream_version(in_chat).value();
  CHECK(they.carl->failed_with(they.say(they.carl, "m3"), errc::blocked));
  CHECK(they.pia->failed_with(they.say(they.pia, "m4"), errc::blocked));
  CHECK(log.stream_version(in_chat).value() == before);
  they.block("pia", "carl", false);
  CHECK(they.carl->succeeded(they.say(they.carl, "m5")));
  CHECK(they.pia->succeeded(they.say(they.pia, "m6")));
}

TEST_CASE("who blocks somebody else speaks on in the chats of their bookings") {
  memory_log log;
  actor_world world{log};
  booked they{world};
  they.block("pia", "eve", true);
  CHECK(they.pia->succeeded(they.say(they.pia, "m1")));
  CHECK(they.carl->succeeded(they.say(they.carl, "m2")));
  CHECK(they.eve->failed_with(they.say(they.eve, "m3"), errc::forbidden));
}

TEST_CASE("a message of before the block that is repeated gets its first answer") {
  memory_log log;
  actor_world world{log};
  booked they{world};
  const auto said = they.say(they.carl, "m1", once("carl|m1"));
  REQUIRE(they.carl->succeeded(said));
  they.block("pia", "carl", true);
  const auto again = they.say(they.carl, "m1", once("carl|m1"));
  REQUIRE(they.carl->succeeded(again));
  CHECK((*they.carl->answer_to(again))->body == (*they.carl->answer_to(said))->body);
}

TEST_CASE("messages to a booking's chat keep their order, and each is answered, also when the log cannot be read") {
  memory_log log;
  actor_world world{log};
  booked they{world};
  std::vector<std::uint64_t> asked;
  for (int i = 0; i < 20; ++i)
    asked.push_back(they.carl->request(tell_place{
        in_chat, conversation::command{conversation::send{chat, {{"m" + std::to_string(i)}, "hello", {}, {}}}},
        std::nullopt}));
  world.settle();
  version last = 0;
  for (const auto ack : asked) {
    REQUIRE(they.carl->succeeded(ack));
    const auto at = (*they.carl->answer_to(ack))->version;
    CHECK(at > last);
    last = at;
  }
  world.log().fail_reads(true); // of the direct conversation, which is not in memory
  const auto unjudged = they.say(they.carl, "m20");
  CHECK(they.carl->failed_with(unjudged, errc::unavailable));
}
