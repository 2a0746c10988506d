// Whoever lags, or misses something, is refilled from the log.
#include "hub_fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;
using seqs = std::vector<version>;

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
    h.attach(c, {"s1"}, {"u1"});
    h.subscribe(1, topic, 0);
  }
  REQUIRE(log.answer_next());
  CHECK(c->writes == 0);
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
