// Fan-out: what is published, to whom, in which order.
#include "hub_fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;
using seqs = std::vector<version>;

TEST_CASE("what a turn publishes is encoded once a framing and queued in one write a member") {
  rig r;
  std::vector<std::shared_ptr<fake_connection>> all;
  for (std::uint64_t id = 1; id <= 20; ++id) all.push_back(r.live(id, id % 2 ? with_aliases : without_aliases));
  for (int i = 0; i < 64; ++i) r.say();
  CHECK(all[0]->writes == 0);
  CHECK(r.h.end_turn());
  CHECK_FALSE(r.h.end_turn());
  CHECK(r.h.count().encoded == 2 * 64);
  CHECK(r.h.count().delivered == 20 * 64);
  for (const auto& c : all) CHECK(c->writes == 1);
  CHECK(all[0]->blobs == all[2]->blobs);
  CHECK(all[0]->blobs != all[1]->blobs);
}

TEST_CASE("a push comes under its name and then its alias, or once for who wants no aliases") {
  rig r;
  const auto both = r.live(1, with_aliases), one = r.live(2, without_aliases);
  r.say_and_flush();
  r.read(*both);
  r.read(*one);
  CHECK(both->events() == std::vector<std::string>{"message-received", "receive-message"});
  CHECK(both->received[0].data == both->received[1].data);
  CHECK(one->events() == std::vector<std::string>{"message-received"});
}

TEST_CASE("who subscribes to a known topic at its last seq is live without a read") {
  rig r;
  const auto first = r.live(1);
  r.say_and_flush();
  const auto second = r.connect(2);
  r.h.subscribe(2, r.topic, 1);
  CHECK(r.log.questions.empty());
  r.say_and_flush();
  r.read(*second);
  CHECK(second->seqs() == seqs{2});
}

TEST_CASE("who subscribes in the turn of a publication gets from it what is owed and no more") {
  rig r;
  const auto first = r.live(1), before = r.connect(2), after = r.connect(3);
  r.say_and_flush();
  r.say();
  r.h.subscribe(2, r.topic, 1);
  r.h.subscribe(3, r.topic, 2);
  r.h.end_turn();
  r.say_and_flush();
  r.read(*before);
  r.read(*after);
  CHECK(before->seqs() == seqs{2, 3});
  CHECK(after->seqs() == seqs{3});
  CHECK(r.log.questions.empty());
}

TEST_CASE("events that are not shown take a seq and no frame") {
  rig r;
  r.log.hidden_each = 2;
  const auto c = r.live(1);
  for (int i = 0; i < 5; ++i) r.say_and_flush();
  const auto late = r.connect(2);
  r.h.subscribe(2, r.topic, 0);
  r.log.answer_all();
  r.read(*c);
  r.read(*late);
  CHECK(c->seqs() == seqs{1, 3, 5});
  CHECK(late->seqs() == seqs{1, 3, 5});
}

TEST_CASE("the first publication heard of a topic may be ahead of who follows it (property seed 32)") {
  rig r;
  const auto c = r.live(1);
  r.log.append(r.topic); // never told
  r.say_and_flush();
  CHECK(c->writes == 0);
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2});
}

TEST_CASE("publications told twice or out of order come once and in order") {
  rig r;
  const auto c = r.live(1);
  r.say_and_flush();
  const auto two = r.log.append(r.topic), three = r.log.append(r.topic);
  r.publish(three);
  r.publish(two);
  r.publish(three);
  r.h.end_turn();
  r.publish(two);
  r.h.end_turn();
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3});
}

TEST_CASE("signals reach everybody but their own session, in the order of the turn") {
  rig r;
  const auto a = r.live(1), b = r.live(2);
  r.publish(typing_of(r.topic, "s1"));
  r.say();
  r.publish(typing_of(r.topic, "s2"));
  r.say();
  r.h.end_turn();
  r.read(*a);
  r.read(*b);
  using names = std::vector<std::string>;
  CHECK(a->events() == names{"message-received", "typing", "message-received"});
  CHECK(b->events() == names{"typing", "message-received", "message-received"});
  CHECK(b->writes == 2); // neighbours leave together
}

TEST_CASE("a relay to one session reaches its connections only, also before they follow the topic") {
  rig r;
  const auto a = r.live(1), b = r.live(2), c = r.connect(3);
  r.publish(offer_to(r.topic, "s1", "s3"));
  r.publish(offer_to(r.topic, "s1", "nobody"));
  CHECK(r.h.end_turn());
  for (const auto& each : {a, b, c}) r.read(*each);
  CHECK(a->received.empty());
  CHECK(b->received.empty());
  REQUIRE(c->received.size() == 1);
  CHECK(c->received[0].event == "offer-received");
  CHECK(c->received[0].data["from"] == "s1");
}

TEST_CASE("subscribing again goes back with a smaller after and changes nothing with a greater one") {
  rig r;
  const auto c = r.live(1);
  for (int i = 0; i < 3; ++i) r.say_and_flush();
  r.h.subscribe(1, r.topic, 3);
  r.h.subscribe(1, r.topic, 9);
  r.say_and_flush();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3, 4});
  CHECK(r.log.questions.empty());
  c->received.clear();
  r.h.subscribe(1, r.topic, 1);
  r.log.answer_all();
  r.say_and_flush();
  r.read(*c);
  CHECK(c->seqs() == seqs{2, 3, 4, 5});
}

TEST_CASE("calls about connections and topics that are not there do nothing") {
  rig r;
  r.h.subscribe(7, r.topic, 0);
  r.h.unsubscribe(7, r.topic);
  r.h.drained(7);
  r.h.pinged(7);
  r.h.ponged(7);
  CHECK(r.h.detach(7).empty());
  const auto c = r.connect(1);
  r.h.unsubscribe(1, r.topic);
  r.say();
  CHECK_FALSE(r.h.end_turn());
  CHECK(r.log.questions.empty());
  CHECK(c->writes == 0);
}

TEST_CASE("a connection that takes over for a session gets its signals, the old one's end does not") {
  rig r;
  const auto old_one = std::make_shared<fake_connection>(1, without_aliases);
  const auto new_one = std::make_shared<fake_connection>(2, without_aliases);
  r.h.attach(old_one, {"same"}, {"u"});
  r.h.attach(new_one, {"same"}, {"u"});
  r.h.detach(1);
  r.publish(offer_to(r.topic, "s1", "same"));
  r.h.end_turn();
  CHECK(old_one->writes == 0);
  CHECK(new_one->writes == 1);
}

TEST_CASE("nothing is kept of topics and connections that are gone") {
  rig r;
  const auto a = r.live(1), b = r.live(2);
  r.say();
  r.publish(offer_to(r.topic, "s1", "s2"));
  r.h.detach(1);
  r.h.detach(2);
  CHECK(r.h.count().connections == 0);
  CHECK(r.h.count().subscriptions == 0);
  CHECK(r.h.count().topics == 0);
  r.h.end_turn();
  CHECK(a->writes == 0);
  CHECK(b->writes == 0);
}

TEST_CASE("what is for one user alone reaches that user's connections, live and from the log, and nobody else's") {
  rig r;
  const auto host = r.live(1), other = r.live(2);
  const auto knocks_heard_by = [&](const auto& c) {
    r.read(*c);
    return std::ranges::count_if(c->received, [](const auto& push) { return push.event == "knock"; });
  };
  r.say("before");
  auto& stream = r.log.streams[r.topic];
  stream.emplace_back(events::knocked{{"u9"}, {"s9"}, {"u1"}, false, "Eve"});
  r.publish(
      std::make_shared<const publication>(publication{r.topic, stream.size(), time_point{}, event{stream.back()}}));
  r.say("after");
  r.h.end_turn();
  CHECK(knocks_heard_by(host) == 1);
  CHECK(knocks_heard_by(other) == 0);
  CHECK(other->received.size() == 2);
  const auto late = r.connect(3);
  r.h.subscribe(3, r.topic, 0);
  r.h.subscribe(1, r.topic, 0); // starts over, from the log
  r.log.answer_all();
  CHECK(knocks_heard_by(late) == 0);
  CHECK(late->received.size() == 2);
  CHECK(knocks_heard_by(host) == 2);
}
