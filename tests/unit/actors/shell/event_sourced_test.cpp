// Recovering an entity, deciding on it, and letting out what became durable.
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

TEST_CASE("an entity recovers from its snapshot and the events after it") {
  memory_log log;
  fill_hall(log, 9);
  const auto base = log.find_snapshot(hall).value();
  REQUIRE(base.has_value());
  REQUIRE(base->version < log.stream_version(hall).value());
  actor_world world{log};
  const auto said = world.ask<room>(hall, saying("new"), caller("ben", "s2"));
  const auto stranger = world.ask<room>(hall, saying("no"), caller("eve", "s3"));
  world.settle();
  CHECK(is_ok(said));
  CHECK((**said)->version == log.stream_version(hall).value());
  CHECK(is_refused(stranger, errc::not_member));
}

TEST_CASE("a snapshot that is damaged, or of another schema, is passed over") {
  memory_log log;
  fill_hall(log, 9);
  const auto schema = GENERATE(room::snapshot_schema, room::snapshot_schema + 1, room::snapshot_schema - 1);
  write_snapshot(log, hall, schema, "{\"id\":7}");
  actor_world world{log};
  const auto said = world.ask<room>(hall, saying("new"), caller("ben", "s2"));
  world.settle();
  CHECK(is_ok(said));
}

TEST_CASE("a stream with a foreign event is not served, and says so") {
  memory_log log;
  fill_hall(log, 2);
  append_request foreign;
  foreign.streams.push_back({hall, log.stream_version(hall).value(), {{"who-knows", 1, "{}", "{}"}}});
  REQUIRE(log.append({&foreign, 1}).front().has_value());
  actor_world world{log};
  const auto said = world.ask<room>(hall, saying("new"), caller("ben", "s2"));
  world.settle();
  CHECK(is_refused(said, errc::corrupt));
}

TEST_CASE("a log that cannot be read fails the command, and the next one tries again") {
  memory_log log;
  fill_hall(log, 2);
  actor_world world{log};
  world.log().fail_reads(true);
  const auto first = world.ask<room>(hall, saying("a"), caller("ben", "s2"));
  world.settle();
  CHECK(is_refused(first, errc::unavailable));
  world.log().fail_reads(false);
  const auto second = world.ask<room>(hall, saying("b"), caller("ben", "s2"));
  world.settle();
  CHECK(is_ok(second));
}

TEST_CASE("commands are decided before the first is durable, and released in order") {
  memory_log log;
  actor_world world{log};
  const auto joined = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  std::vector<outcome_slot> said;
  for (int i = 0; i < 4; ++i)
    said.push_back(world.ask<room>(hall, saying("m" + std::to_string(i)), caller("ann", "s1")));
  world.run();
  CHECK(world.log().commits_waiting() == 5);
  CHECK(is_open(joined));
  CHECK(world.published(hall).empty());
  world.log().commit(2);
  world.run();
  CHECK(is_ok(joined));
  CHECK(is_ok(said[0]));
  CHECK(is_open(said[1]));
  CHECK(seqs(world, hall) == std::vector<version>{1, 2, 3});
  world.settle();
  CHECK(is_ok(said[3]));
  CHECK(seqs(world, hall) == std::vector<version>{1, 2, 3, 4, 5, 6});
  CHECK((**said[3])->at == log.head());
}

TEST_CASE("even a refusal waits for the events it was decided on") {
  memory_log log;
  actor_world world{log};
  world.ask<room>(hall, opening(), caller("ann"));
  world.settle();
  const auto closed = world.ask<room>(hall, room::close{}, caller("ann"));
  const auto late = world.ask<room>(hall, joining(), caller("ben", "s2"));
  world.run();
  CHECK(is_open(late));
  world.log().commit();
  world.run();
  CHECK(is_ok(closed));
  CHECK(is_refused(late, errc::room_closed));
}

TEST_CASE("signals are shown after the events that were decided before them") {
  memory_log log;
  actor_world world{log};
  world.ask<room>(hall, joining(), caller("ann", "s1"));
  const auto typed = world.ask<room>(hall, room::typing{true}, caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  CHECK(world.published(hall).empty());
  CHECK(is_open(typed));
  world.settle();
  CHECK(seqs(world, hall) == std::vector<version>{1, 2, 0});
}

TEST_CASE("a commit that fails refuses all that was decided on it, and the entity recovers") {
  memory_log log;
  fill_hall(log, 1);
  actor_world world{log};
  const auto before = log.stream_version(hall).value();
  const auto a = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  const auto b = world.ask<room>(hall, room::leave{}, caller("ann", "s1"));
  const auto stranger = world.ask<room>(hall, saying("c"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_append();
  world.log().commit(1); // b is committed after the log recovered, and must not become true
  world.settle();
  CHECK(is_refused(a, errc::log_unavailable));
  CHECK(is_refused(b, errc::log_unavailable));
  CHECK(is_refused(stranger, errc::log_unavailable));
  CHECK(log.stream_version(hall).value() == before);
  world.pass(2s);
  const auto again = world.ask<room>(hall, saying("d"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(again));
  CHECK(log.stream_version(hall).value() == before + 1);
}

TEST_CASE("what a failed sync left behind after all is shown once the log is mended") {
  memory_log log;
  fill_hall(log, 1);
  actor_world world{log};
  const auto a = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.settle();
  CHECK(is_refused(a, errc::log_unavailable));
  CHECK(world.published(hall).empty());
  const auto meanwhile = world.ask<room>(hall, saying("b"), caller("ann", "s1"));
  world.settle();
  CHECK(is_refused(meanwhile, errc::log_unavailable));
  world.pass(2s); // nobody asks
  CHECK(seqs(world, hall) == std::vector<version>{log.stream_version(hall).value()});
}

TEST_CASE("the last event is shown again also when it lies inside the snapshot") {
  memory_log log;
  fill_hall(log, 1); // 4 events; the 5th takes a snapshot along
  actor_world world{log};
  world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit();
  world.settle();
  world.pass(2s);
  REQUIRE(log.find_snapshot(hall).value()->version == log.stream_version(hall).value());
  CHECK(seqs(world, hall) == std::vector<version>{log.stream_version(hall).value()});
}

TEST_CASE("an entity waits for all its answers before it recovers, so that nothing becomes true behind its back") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.ask<room>(hall, saying("b"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  log.fail_next_sync(memory_log::tail::kept);
  world.log().commit(1); // a: answered as failed, and kept
  world.run();
  REQUIRE(log.recover().has_value());
  world.run();
  world.log().commit(1); // b finds the version it expects
  world.settle();
  world.pass(2s);
  const auto c = world.ask<room>(hall, saying("c"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(c));
}

TEST_CASE("while the log is full, commands are refused and questions answered") {
  memory_log log;
  fill_hall(log, 1);
  actor_world world{log};
  log.set_full(true);
  const auto first = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.settle();
  CHECK(is_refused(first, errc::log_unavailable));
  const auto elsewhere = world.ask<room>(den, joining("den"), caller("ann", "s1"));
  const auto question = world.ask<room>(stream_id{"room/void"}, room::leave{}, caller("ann", "s1"));
  world.settle();
  CHECK(is_refused(elsewhere, errc::log_unavailable));
  CHECK(is_ok(question));
  log.set_full(false);
  world.pass(2s);
  const auto after = world.ask<room>(hall, saying("b"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(after));
}

TEST_CASE("an actor that throws is recovered; its callers get an error and nobody else notices") {
  memory_log log;
  fill_hall(log, 1);
  actor_world world{log};
  world.ask<room>(den, joining("den"), caller("ann", "s1"));
  world.settle();
  world.log().explode_on("boom");
  const auto pending = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_read()) world.run();
  const auto fatal = world.ask<room>(hall, saying("b"), caller("ann", "s1"), once("boom"));
  const auto behind = world.ask<room>(hall, saying("c"), caller("ann", "s1"));
  const auto elsewhere = world.ask<room>(den, saying("d"), caller("ann", "s1"));
  world.run();
  CHECK(is_refused(pending, errc::unavailable)); // though it may be durable
  CHECK(is_refused(fatal, errc::unavailable));
  CHECK(is_refused(behind, errc::unavailable));
  world.settle();
  CHECK(is_ok(elsewhere));
  const auto after = world.ask<room>(hall, saying("e"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(after));
}

TEST_CASE("a command for another version than the entity's is refused") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  const auto v = log.stream_version(hall).value();
  const auto stale = world.ask<room>(hall, saying("a"), caller("ann", "s1"), {}, v - 1);
  const auto fresh = world.ask<room>(hall, saying("b"), caller("ann", "s1"), {}, v);
  world.settle();
  CHECK(is_refused(stale, errc::precondition_failed));
  CHECK(is_ok(fresh));
}
