#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

const stream_id hall{"room/hall"}, bar{"lounge/bar"}, den{"room/den"};

room::open opening(std::string title = "Hall") {
  room::open c;
  c.id = {"hall"};
  c.title = std::move(title);
  return c;
}
room::join joining(std::string room_id = "hall") {
  room::join c;
  c.id = {std::move(room_id)};
  c.open_if_absent = true;
  return c;
}
room::send saying(std::string id, std::string text = "hello") {
  return {{{std::move(id)}, std::move(text), {}, {}, {}}};
}

bool is_ok(const outcome_slot& o) { return *o && **o; }
bool is_refused(const outcome_slot& o, errc code) { return *o && !**o && (**o).error().code == code; }
bool is_open(const outcome_slot& o) { return !o->has_value(); }

idempotency once(std::string key, std::string fingerprint = "f") { return {std::move(key), std::move(fingerprint)}; }

std::vector<version> seqs(const actor_world& world, const stream_id& topic) {
  std::vector<version> found;
  for (const auto& p : world.published(topic)) found.push_back(p->seq);
  return found;
}

/// Ann and ben are in the hall, and said `n` things.
void fill_hall(memory_log& log, int n) {
  actor_world world{log};
  world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.ask<room>(hall, joining(), caller("ben", "s2"));
  world.settle();
  for (int i = 0; i < n; ++i) {
    world.ask<room>(hall, saying("m" + std::to_string(i)), caller("ann", "s1"));
    world.settle();
  }
}

void write_snapshot(memory_log& log, const stream_id& stream, int schema, std::string state) {
  append_request r;
  r.snapshot = snapshot{stream, log.stream_version(stream).value(), schema, std::move(state)};
  REQUIRE(log.append({&r, 1}).front().has_value());
}

} // namespace

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
  world.log().fail_loads(true);
  const auto first = world.ask<room>(hall, saying("a"), caller("ben", "s2"));
  world.settle();
  CHECK(is_refused(first, errc::unavailable));
  world.log().fail_loads(false);
  const auto second = world.ask<room>(hall, saying("b"), caller("ben", "s2"));
  world.settle();
  CHECK(is_ok(second));
}

TEST_CASE("commands are decided before the first is durable, and released in order") {
  memory_log log;
  actor_world world{log};
  const auto joined = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.run();
  while (world.log().answer_load()) world.run();
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
  while (world.log().answer_load()) world.run();
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
  while (world.log().answer_load()) world.run();
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

TEST_CASE("a key is not kept for an answer that was decided on a failed commit") {
  memory_log log;
  actor_world world{log};
  const auto first = world.ask<room>(hall, opening(), caller("ann"));
  const auto same = world.ask<room>(hall, opening(), caller("ann"), once("ann|1")); // writes its key only
  world.run();
  while (world.log().answer_load()) world.run();
  REQUIRE(world.log().commits_waiting() == 2);
  log.fail_next_append();
  world.log().commit(1);
  world.log().commit(1); // the log has recovered
  world.settle();
  CHECK(is_refused(first, errc::log_unavailable));
  CHECK(is_refused(same, errc::log_unavailable));
  CHECK_FALSE(log.find_outcome("ann|1").value().has_value());
}

TEST_CASE("what a failed sync left behind after all is shown once the log is mended") {
  memory_log log;
  fill_hall(log, 1);
  actor_world world{log};
  const auto a = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.run();
  while (world.log().answer_load()) world.run();
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
  while (world.log().answer_load()) world.run();
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
  while (world.log().answer_load()) world.run();
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
  while (world.log().answer_load()) world.run();
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

TEST_CASE("a repeat is answered as the first time: while that is pending, after it, and after a restart") {
  memory_log log;
  fill_hall(log, 0);
  std::string body;
  {
    actor_world world{log};
    const auto first = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    const auto during = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    auto impatient_key = once("ann|1");
    impatient_key.refuse_while_pending = true;
    const auto impatient = world.ask<room>(hall, saying("a"), caller("ann", "s1"), impatient_key);
    world.run();
    while (world.log().answer_load()) world.run();
    CHECK(is_open(first));
    CHECK(is_open(during));
    CHECK(is_refused(impatient, errc::request_in_progress));
    world.settle();
    REQUIRE(is_ok(first));
    REQUIRE(is_ok(during));
    CHECK_FALSE((**first)->repeated);
    CHECK((**during)->repeated);
    body = (**first)->body;
    CHECK((**during)->body == body);
    const auto after = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
    const auto other_body = world.ask<room>(hall, saying("b"), caller("ann", "s1"), once("ann|1", "g"));
    world.settle();
    REQUIRE(is_ok(after));
    CHECK((**after)->body == body);
    CHECK((**after)->at == (**first)->at);
    CHECK(is_refused(other_body, errc::key_reused));
  }
  actor_world world{log};
  const auto before = log.head();
  const auto after = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(after));
  CHECK((**after)->body == body);
  CHECK((**after)->repeated);
  CHECK(log.head() == before);
}

TEST_CASE("a repeat that waits for a command that fails gets its error, and the key is free again") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  const auto first = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  const auto during = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.run();
  while (world.log().answer_load()) world.run();
  log.fail_next_append();
  world.settle();
  CHECK(is_refused(first, errc::log_unavailable));
  CHECK(is_refused(during, errc::log_unavailable));
  world.pass(2s);
  const auto again = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(again));
  CHECK_FALSE((**again)->repeated);
}

TEST_CASE("a key is forgotten after its lifetime") {
  memory_log log;
  fill_hall(log, 0);
  actor_world world{log};
  world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.pass(24h + 1s);
  const auto before = log.head();
  const auto again = world.ask<room>(hall, saying("a"), caller("ann", "s1"), once("ann|1"));
  world.settle();
  REQUIRE(is_ok(again));
  CHECK_FALSE((**again)->repeated);
  CHECK(log.head() == before + 1);
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

TEST_CASE("an entity nobody speaks to leaves memory, and comes back when spoken to") {
  memory_log log;
  actor_world world{log};
  world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.settle();
  CHECK(world.entities().size() == 1);
  world.pass(4min);
  CHECK(world.entities().size() == 1);
  world.pass(10min);
  CHECK(world.entities().size() == 0);
  const auto said = world.ask<room>(hall, saying("a"), caller("ann", "s1"));
  world.settle();
  CHECK(is_ok(said));
}

TEST_CASE("an entity that does not exist is not kept in memory for being asked after") {
  memory_log log;
  actor_world world{log};
  const auto gone = world.ask<room>(hall, room::leave{}, caller("ann", "s1"));
  const auto refused = world.ask<room>(den, saying("m1"), caller("ann", "s1"));
  world.settle();
  CHECK(gone->has_value());
  CHECK(is_refused(refused, errc::room_not_found));
  CHECK(world.entities().size() == 0);
}

TEST_CASE("no message is lost to an entity that passivates") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    memory_log log;
    actor_world::options chosen;
    chosen.seed = seed;
    chosen.passivate_after = 16ms;
    actor_world world{log, chosen};
    seeded random{seed};
    world.ask<room>(hall, joining(), caller("ann", "s1"));
    world.settle();
    std::vector<outcome_slot> said;
    for (int i = 0; i < 30; ++i) {
      world.pass(std::chrono::milliseconds{random.below(40)});
      said.push_back(world.ask<room>(hall, saying("m" + std::to_string(i)), caller("ann", "s1")));
      for (std::size_t n = random.below(6); n > 0; --n) world.one_of_all(random);
    }
    world.settle();
    INFO("seed " << seed);
    for (const auto& each : said) REQUIRE(is_ok(each));
    CHECK(world.log().loads() > 1);
    CHECK(log.stream_version(hall).value() == 2 + said.size());
  }
}

TEST_CASE("beyond the most entities in memory, a further one is refused") {
  memory_log log;
  actor_world::options chosen;
  chosen.entities_max = 16; // one in each shard
  actor_world world{log, chosen};
  std::vector<outcome_slot> asked;
  for (int i = 0; i < 64; ++i) {
    const auto id = "r" + std::to_string(i);
    asked.push_back(world.ask<room>(make_stream("room", id), joining(id), caller("ann", "s1")));
  }
  world.settle();
  CHECK(world.entities().size() <= 16);
  for (const auto& each : asked) CHECK((is_ok(each) || is_refused(each, errc::unavailable)));
  CHECK(std::count_if(asked.begin(), asked.end(), is_ok) == static_cast<std::ptrdiff_t>(world.entities().size()));
}

TEST_CASE("after the end of the server every command is answered") {
  memory_log log;
  actor_world world{log};
  const auto before = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.entities().stop();
  const auto after = world.ask<room>(hall, joining(), caller("ann", "s1"));
  world.run();
  CHECK(is_refused(before, errc::unavailable));
  CHECK(is_refused(after, errc::unavailable));
}
