// Who is told to go still gets the rest, and the hub says what of it surely arrived.
#include "hub_fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;
using seqs = std::vector<version>;

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

TEST_CASE("who is told to go with the last seq gets all up to it from the log, also what is not published here yet") {
  rig r{{.refill_events = 3}};
  const auto c = r.live(1);
  r.say_and_flush();
  for (int i = 0; i < 9; ++i) r.log.append(r.topic);
  SECTION("when it was live") { r.h.unsubscribe(1, r.topic, 8); }
  SECTION("when it begins with that") {
    r.h.detach(1);
    r.h.attach(c, {"s1"}, {"u1"});
    r.h.subscribe(1, r.topic, 1);
    r.h.unsubscribe(1, r.topic, 8);
  }
  SECTION("when it is told twice") {
    r.h.unsubscribe(1, r.topic, 8);
    r.h.unsubscribe(1, r.topic);
  }
  SECTION("when all of it is published meanwhile") {
    r.h.unsubscribe(1, r.topic, 8);
    for (version v = 2; v <= 10; ++v)
      r.publish(std::make_shared<publication>(
          publication{r.topic, v, time_point{},
                      event{events::room_event{std::get<events::message_sent>(r.log.streams[r.topic][v - 1])}}}));
    r.h.end_turn();
  }
  r.log.answer_all();
  r.read(*c);
  CHECK(c->seqs() == seqs{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(r.h.count().subscriptions == 0);
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

TEST_CASE("of too many farewells the one told first is given up, not the one subscribed first") {
  rig r{{.queue_bytes_max = 100}};
  const auto c = r.live(1);
  r.say_and_flush();
  r.say_and_flush();
  REQUIRE(r.h.count().lagged == 1);
  const auto leave_rooms = [&] {
    for (int i = 0; i < 64; ++i) {
      const stream_id topic{"room/" + std::to_string(i)};
      r.h.subscribe(1, topic, 0);
      r.h.unsubscribe(1, topic);
    }
  };
  SECTION("who is told last gets the rest, however long ago it subscribed") {
    leave_rooms();
    r.h.unsubscribe(1, r.topic);
    while (c->queued_bytes() != 0 || !r.log.questions.empty()) {
      r.read(*c);
      r.log.answer_next();
    }
    CHECK(c->seqs() == seqs{1, 2});
  }
  SECTION("detach still says how far the one given up came") {
    r.h.unsubscribe(1, r.topic);
    leave_rooms();
    CHECK(r.h.detach(1).at(r.topic) == 0);
  }
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
  SECTION("going back does not say that what is before has arrived (simulation seed 80)") {
    c->acknowledged = false;
    r.h.subscribe(1, r.topic, 1);
    CHECK(at() == 0);
  }
  SECTION("nor does the pong of a ping from before") {
    c->acknowledged = false;
    r.h.pinged(1);
    r.h.subscribe(1, r.topic, 1);
    r.h.ponged(1);
    CHECK(at() == 1);
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
  SECTION("it follows the topic again, further on: that says nothing of what was before") {
    r.h.unsubscribe(1, r.topic);
    r.say();
    r.h.subscribe(1, r.topic, 3);
    c->acknowledged = false;
    CHECK(handed() == std::map<stream_id, version>{{r.topic, 0}});
  }
  SECTION("and a ping later all is sure") {
    r.h.unsubscribe(1, r.topic);
    r.say();
    r.h.subscribe(1, r.topic, 3);
    r.h.ponged(1);
    r.h.pinged(1);
    r.h.ponged(1);
    c->acknowledged = false;
    CHECK(handed() == std::map<stream_id, version>{{r.topic, 3}});
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
