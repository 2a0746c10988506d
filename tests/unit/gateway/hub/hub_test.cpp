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

TEST_CASE("what is published while a refill is read comes once and in order") {
  rig r;
  for (int i = 0; i < 3; ++i) r.log.append(r.topic);
  const auto c = r.connect(1);
  r.h.subscribe(1, r.topic, 0);
  r.say_and_flush(); // durable before the answer: in the page, and published
  r.log.answer_all();
  r.say_and_flush();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3, 4, 5});
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

TEST_CASE("a gap in what is published is closed from the log") {
  rig r;
  const auto c = r.live(1);
  r.say_and_flush();
  r.log.append(r.topic); // never told
  r.say_and_flush();
  CHECK(r.log.questions.size() == 1);
  r.log.answer_all();
  r.say_and_flush();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3, 4});
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

TEST_CASE("a full connection lags with bounded memory, disturbs nobody, and is refilled as it drains") {
  rig r{{.queue_bytes_max = 4000, .refill_events = 8}};
  const auto slow = r.live(1), fast = r.live(2);
  for (int i = 0; i < 200; ++i) {
    r.say_and_flush();
    r.read(*fast);
  }
  CHECK(fast->seqs().size() == 200);
  CHECK(slow->most_queued < 5000);
  CHECK(r.log.questions.empty()); // it waits for room, not for the log
  CHECK(r.h.count().lagged == 1);
  while (slow->queued_bytes() != 0 || !r.log.questions.empty()) {
    r.read(*slow);
    r.log.answer_next();
    CHECK(slow->most_queued < 10000);
  }
  seqs expected(200);
  for (version v = 1; v <= 200; ++v) expected[v - 1] = v;
  CHECK(slow->seqs() == expected);
  r.say_and_flush();
  r.read(*slow);
  CHECK(slow->seqs().back() == 201);
}

TEST_CASE("a turn larger than a run leaves in several blobs, so that a full connection stops in between") {
  rig r{{.queue_bytes_max = 3000, .run_bytes = 2000}};
  const auto c = r.live(1);
  for (int i = 0; i < 100; ++i) r.say();
  r.h.end_turn();
  CHECK(c->most_queued < 3000 + 4000);
  CHECK(r.h.count().lagged == 1);
  while (c->queued_bytes() != 0 || !r.log.questions.empty()) {
    r.read(*c);
    r.log.answer_next();
  }
  CHECK(c->seqs().size() == 100);
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

TEST_CASE("signals go to who catches up and are dropped for who is full") {
  rig r{{.queue_bytes_max = 500}};
  const auto catching_up = r.connect(1), full = r.live(2);
  r.h.subscribe(1, r.topic, 0);
  r.log.questions.clear();
  r.say_and_flush();
  r.say_and_flush();
  r.say_and_flush();
  REQUIRE(full->queued_bytes() > 500);
  r.publish(typing_of(r.topic, "s9"));
  r.publish(offer_to(r.topic, "s9", "s2"));
  r.h.end_turn();
  r.read(*catching_up);
  full->read(SIZE_MAX);
  CHECK(catching_up->events() == std::vector<std::string>{"typing"});
  CHECK(std::ranges::count(full->events(), "typing") == 0);
  CHECK(std::ranges::count(full->events(), "offer-received") == 0);
  CHECK(r.h.count().signals_dropped == 2);
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

TEST_CASE("going back while a read is under way forgets that read") {
  rig r;
  for (int i = 0; i < 4; ++i) r.log.append(r.topic);
  const auto c = r.connect(1);
  r.h.subscribe(1, r.topic, 3);
  r.h.subscribe(1, r.topic, 0);
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3, 4});
}

TEST_CASE("going back while waiting for a read keeps one place in the queue (property seed 1)") {
  rig r{{.refills_max = 1}};
  for (int i = 0; i < 4; ++i) r.log.append(r.topic);
  const auto a = r.connect(1), b = r.connect(2);
  r.h.subscribe(1, r.topic, 0);
  r.h.subscribe(2, r.topic, 3);
  r.h.subscribe(2, r.topic, 1);
  CHECK(r.h.count().refills_waiting == 1);
  r.log.answer_all();
  r.read(*b);
  CHECK(b->seqs() == seqs{2, 3, 4});
}

TEST_CASE("answers for who is gone or has left are harmless") {
  rig r;
  r.log.append(r.topic);
  const auto gone = r.connect(1), left = r.connect(2), back = r.connect(3);
  for (std::uint64_t id = 1; id <= 3; ++id) r.h.subscribe(id, r.topic, 0);
  r.h.detach(1);
  r.h.forget(2, r.topic);
  r.h.forget(3, r.topic);
  r.h.subscribe(3, r.topic, 0); // its first read answers a subscription of the past
  r.log.answer_all();
  r.read(*back);
  CHECK(gone->writes == 0);
  CHECK(left->writes == 0);
  CHECK(back->seqs() == seqs{1});
  CHECK(r.h.count().refills_under_way == 0);
}

TEST_CASE("an answer that comes after the hub is gone is harmless") {
  scripted_log log;
  const stream_id topic{"room/r"};
  const auto c = std::make_shared<fake_connection>(1, without_aliases);
  {
    hub h{log, {}};
    h.attach(c, {"s1"});
    h.subscribe(1, topic, 0);
  }
  REQUIRE(log.answer_next());
  CHECK(c->writes == 0);
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

TEST_CASE("who is told to go still gets what was published before, and nothing after") {
  rig r;
  const auto c = r.live(1), other = r.live(2);
  r.say();
  r.h.unsubscribe(1, r.topic);
  r.say_and_flush();
  r.read(*c);
  r.read(*other);
  CHECK(c->seqs() == seqs{1});
  CHECK(other->seqs() == seqs{1, 2});
}

TEST_CASE("a connection that lags when it is told to go still gets what was published before, and nothing after") {
  rig r{{.queue_bytes_max = 1000, .refill_events = 3}};
  const auto lagging = r.live(1), other = r.live(2);
  const auto read_all = [&] {
    while (lagging->queued_bytes() != 0 || !r.log.questions.empty()) {
      r.read(*lagging);
      r.log.answer_next();
    }
  };
  for (int i = 0; i < 20; ++i) {
    r.say_and_flush();
    r.read(*other);
  }
  r.say(); // the last of all is published in the turn of the goodbye
  REQUIRE(r.h.count().lagged == 1);
  seqs all(21);
  for (version v = 1; v <= 21; ++v) all[v - 1] = v;

  SECTION("when it reads at last") {
    r.h.unsubscribe(1, r.topic);
    r.say_and_flush();
    r.publish(typing_of(r.topic, "s2"));
    r.h.end_turn();
    read_all();
    CHECK(lagging->seqs() == all);
    CHECK(lagging->received.size() == 21);
    CHECK(r.h.count().subscriptions == 1);
  }
  SECTION("also when everybody else is gone meanwhile") {
    r.h.unsubscribe(1, r.topic);
    r.h.unsubscribe(2, r.topic);
    read_all();
    CHECK(lagging->seqs() == all);
    CHECK(r.h.count().topics == 0);
  }
  SECTION("also when it is told twice, and a read fails") {
    r.h.unsubscribe(1, r.topic);
    r.h.unsubscribe(1, r.topic);
    r.read(*lagging);
    r.log.fail_next(errc::unavailable);
    r.h.retry_refills();
    read_all();
    CHECK(lagging->seqs() == all);
  }
  SECTION("and detach says how far it came") {
    r.h.unsubscribe(1, r.topic);
    r.read(*lagging);
    r.log.answer_next();
    r.read(*lagging);
    CHECK(r.h.detach(1).at(r.topic) == lagging->seqs().back());
  }
  SECTION("unless it forgets the topic") {
    r.h.unsubscribe(1, r.topic);
    r.h.forget(1, r.topic);
    read_all();
    CHECK(lagging->seqs().size() < 21);
    CHECK(r.h.count().subscriptions == 1);
  }
  SECTION("unless it subscribes anew") {
    r.h.unsubscribe(1, r.topic);
    const auto had = lagging->most_queued;
    r.h.subscribe(1, r.topic, 21);
    r.say_and_flush();
    r.h.retry_refills();
    CHECK(lagging->most_queued >= had);
    read_all();
    r.say_and_flush();
    read_all();
    CHECK(lagging->seqs().size() < 23);
    CHECK(lagging->seqs().back() == 23);
    CHECK(r.h.count().subscriptions == 2);
  }
}

TEST_CASE("a connection that reads nothing keeps so many farewells and no more") {
  rig r{{.queue_bytes_max = 100}};
  const auto c = r.live(1);
  r.say_and_flush();
  for (int i = 0; i < 1000; ++i) {
    const stream_id topic{"room/" + std::to_string(i)};
    r.h.subscribe(1, topic, 0);
    r.h.unsubscribe(1, topic);
  }
  CHECK(r.h.count().subscriptions <= 65);
}

TEST_CASE("a failed read keeps its place and is asked again") {
  rig r;
  r.log.append(r.topic);
  const auto c = r.connect(1);
  r.h.subscribe(1, r.topic, 0);
  r.log.fail_next(errc::unavailable);
  CHECK(r.log.questions.empty());
  r.say_and_flush();
  CHECK(r.log.questions.empty()); // not at every publication
  r.h.retry_refills();
  CHECK(r.log.questions.size() == 1);
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2});
  CHECK(r.h.count().refills_failed == 1);
  CHECK_FALSE(c->closed);
}

TEST_CASE("a log that lags behind what was published is asked again, not at once") {
  rig r;
  const auto c = r.live(1);
  r.say_and_flush();
  r.h.subscribe(1, r.topic, 0);
  auto stream = std::exchange(r.log.streams[r.topic], {});
  r.log.answer_all();
  CHECK(r.log.questions.empty());
  r.log.streams[r.topic] = stream;
  r.h.retry_refills();
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 1});
}

TEST_CASE("a log that cannot be understood closes the connection that needs it") {
  rig r;
  r.log.append(r.topic);
  const auto c = r.connect(1);
  SECTION("it says so") {
    r.h.subscribe(1, r.topic, 0);
    r.log.fail_next(errc::corrupt);
  }
  SECTION("an event of a type nobody knows") {
    r.h.subscribe(1, r.topic, 0);
    auto unknown = scripted_log::record_of(r.topic, 1, events::message_sent{});
    unknown.type = "never-heard-of";
    r.log.questions.front().done(std::vector{unknown});
    r.log.questions.clear();
  }
  SECTION("an event is not there") {
    r.h.subscribe(1, r.topic, 0);
    r.log.questions.front().done(std::vector{scripted_log::record_of(r.topic, 2, events::message_sent{})});
    r.log.questions.clear();
  }
  CHECK(c->closed == close_code::internal);
  CHECK(c->writes == 0);
}

TEST_CASE("at most refills_max reads are under way, and the others take turns") {
  rig r{{.refill_events = 2, .refills_max = 3}};
  for (int i = 0; i < 6; ++i) r.log.append(r.topic);
  std::vector<std::shared_ptr<fake_connection>> all;
  for (std::uint64_t id = 1; id <= 10; ++id) {
    all.push_back(r.connect(id));
    r.h.subscribe(id, r.topic, 0);
  }
  CHECK(r.h.count().refills_under_way == 3);
  CHECK(r.h.count().refills_waiting == 7);
  for (int i = 0; i < 10; ++i) r.log.answer_next();
  for (const auto& c : all) {
    r.read(*c);
    CHECK(c->seqs() == seqs{1, 2}); // one page each before anyone's second
  }
  r.log.answer_all();
  CHECK(r.log.most_questions == 3);
  for (const auto& c : all) {
    r.read(*c);
    CHECK(c->seqs() == seqs{1, 2, 3, 4, 5, 6});
  }
}

TEST_CASE("a subscription that ends while it waits for a read leaves the queue") {
  rig r{{.refills_max = 1}};
  const auto a = r.connect(1), b = r.connect(2);
  r.h.subscribe(1, r.topic, 0);
  r.h.subscribe(2, r.topic, 0);
  for (int i = 0; i < 100; ++i) {
    r.h.forget(2, r.topic);
    r.h.subscribe(2, r.topic, 0);
  }
  CHECK(r.h.count().refills_waiting == 1);
  CHECK(r.log.questions.size() == 1);
}

TEST_CASE("detach says what surely arrived") {
  rig r;
  const auto c = r.live(1);
  const auto at = [&] { return r.h.detach(1).at(r.topic); };
  r.say_and_flush();
  r.say_and_flush();
  SECTION("all that was queued, when the other side acknowledged it") {
    r.read(*c);
    CHECK(at() == 2);
  }
  SECTION("where it subscribed, when nothing is known") {
    c->acknowledged = false;
    CHECK(at() == 0);
  }
  SECTION("what stood before the last answered ping") {
    c->acknowledged = false;
    r.h.pinged(1);
    r.say_and_flush();
    r.h.ponged(1);
    r.h.pinged(1); // never answered
    r.say_and_flush();
    CHECK(at() == 2);
  }
  SECTION("a pong is of the earliest ping it may be of") {
    c->acknowledged = false;
    r.h.pinged(1);
    r.say_and_flush();
    r.h.pinged(1);
    r.h.ponged(1);
    CHECK(at() == 2);
  }
  SECTION("a pong that nobody asked for says nothing") {
    c->acknowledged = false;
    r.h.ponged(1);
    CHECK(at() == 0);
  }
}

TEST_CASE("detach names a topic that ended as long as its end may not have arrived") {
  rig r;
  const auto c = r.live(1);
  r.say_and_flush();
  r.h.pinged(1);
  r.say();
  const auto handed = [&] { return r.h.detach(1); };
  SECTION("it was told to go, and the connection breaks") {
    r.h.unsubscribe(1, r.topic);
    c->acknowledged = false;
    CHECK(handed() == std::map<stream_id, version>{{r.topic, 0}});
  }
  SECTION("an answer to an earlier ping says nothing of the end") {
    r.h.unsubscribe(1, r.topic);
    c->acknowledged = false;
    r.h.ponged(1);
    CHECK(handed() == std::map<stream_id, version>{{r.topic, 1}});
  }
  SECTION("a ping after the end was answered") {
    r.h.unsubscribe(1, r.topic);
    c->acknowledged = false;
    r.h.ponged(1);
    r.h.pinged(1);
    r.h.ponged(1);
    CHECK(handed().empty());
  }
  SECTION("the other side has acknowledged all") {
    r.h.unsubscribe(1, r.topic);
    r.read(*c);
    CHECK(handed().empty());
  }
  SECTION("it left by its own wish") {
    r.h.unsubscribe(1, r.topic);
    r.h.forget(1, r.topic);
    c->acknowledged = false;
    CHECK(handed().empty());
  }
  SECTION("it follows the topic again") {
    r.h.unsubscribe(1, r.topic);
    r.h.subscribe(1, r.topic, 2);
    c->acknowledged = false;
    CHECK(handed() == std::map<stream_id, version>{{r.topic, 2}});
  }
  SECTION("so many and no more are remembered") {
    c->acknowledged = false;
    r.h.unsubscribe(1, r.topic);
    for (int i = 0; i < 1000; ++i) {
      const stream_id topic{"room/" + std::to_string(i)};
      r.h.subscribe(1, topic, 0);
      r.publish(r.log.append(topic));
      r.h.end_turn();
      r.h.unsubscribe(1, topic);
      r.log.answer_all();
    }
    CHECK(handed().size() == 64);
  }
}

TEST_CASE("a session that comes back after its room closed can be told the end of it") {
  rig r{{.refill_events = 2}};
  for (int i = 0; i < 4; ++i) r.log.append(r.topic);
  const auto back = r.connect(1);
  r.h.subscribe(1, r.topic, 1); // what its lost connection was handed
  r.h.unsubscribe(1, r.topic);  // it is in there no more
  r.log.answer_all();
  r.read(*back);
  CHECK(back->seqs() == seqs{2, 3, 4});
  CHECK(r.h.count().topics == 0);
}

TEST_CASE("a connection that takes over for a session gets its signals, the old one's end does not") {
  rig r;
  const auto old_one = std::make_shared<fake_connection>(1, without_aliases);
  const auto new_one = std::make_shared<fake_connection>(2, without_aliases);
  r.h.attach(old_one, {"same"});
  r.h.attach(new_one, {"same"});
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
