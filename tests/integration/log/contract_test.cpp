// What every event log promises, run over the log of production, on RocksDB and on the simulated disk, and
// over the one in memory.

#include "events/log/directory_storage.hpp"
#include "events/log/memory_log.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace {

struct in_memory {
  memory_log kept;
  event_log& log() { return kept; }
};

struct in_rocksdb {
  temporary_directory directory;
  std::unique_ptr<stored_log> kept;
  in_rocksdb() {
    auto opened = open_log_in(directory.path());
    INFO((opened ? std::string{} : opened.error().message));
    REQUIRE(opened.has_value());
    kept = std::move(*opened);
  }
  event_log& log() { return *kept; }
};

struct on_simulated_disk {
  simulation::simulated_disk disk{seeded{1}};
  std::unique_ptr<stored_log> kept;
  on_simulated_disk() {
    stored_log::options o;
    o.head_period = 0ms;
    kept = stored_log::open(disk.claim().value(), o).value();
  }
  event_log& log() { return *kept; }
};

const stream_id lobby{"room/lobby"}, other{"room/other"};
constexpr std::size_t no_limit = 1'000'000;
time_point at(std::int64_t ms) { return time_point{std::chrono::milliseconds{ms}}; }

} // namespace

#define LOG_TEST(name) TEMPLATE_TEST_CASE(name, "", in_memory, in_rocksdb, on_simulated_disk)
// The simulated disk belongs to one thread, so it has no part in what is promised to several.
#define THREADS_TEST(name) TEMPLATE_TEST_CASE(name, "", in_memory, in_rocksdb)

LOG_TEST("a new log is empty") {
  TestType under_test;
  auto& log = under_test.log();
  CHECK(log.head() == 0);
  CHECK(log.writable());
  CHECK(log.read(0, 10, no_limit)->empty());
  CHECK(log.read_stream(lobby, 0, 10, no_limit)->empty());
  CHECK(log.stream_version(lobby) == 0u);
  CHECK_FALSE(log.find_outcome("u_1|k")->has_value());
  CHECK_FALSE(log.find_snapshot(lobby)->has_value());
  CHECK(log.due_timers(at(1'000'000), 10)->empty());
  CHECK(log.restart_timers({}, 10)->empty());
}

LOG_TEST("an append comes back as it was written, at gapless positions and versions") {
  TestType under_test;
  auto& log = under_test.log();
  const auto first = append(log, lobby, 0, 2);
  const auto second = append(log, other, 0);
  const auto third = append(log, lobby, 2);
  REQUIRE((first && second && third));
  CHECK((first->first == 1 && first->last == 2));
  CHECK((second->first == 3 && second->last == 3));
  CHECK(third->last == 4);
  CHECK(log.head() == 4);

  const auto all = read_all(log);
  REQUIRE(all.size() == 4);
  CHECK(check_gapless(all).empty());
  CHECK(all[0].stream == lobby);
  CHECK(all[0].actor == "u_1");
  CHECK(all[0].cause == "c_1");
  CHECK(to_iso8601(all[0].time) == "2023-11-14T22:13:20.123Z");
  CHECK(std::get<events::message_sent>(std::get<events::room_event>(*content_of(all[3]))).message.text == "m_3");
  CHECK(log.stream_version(lobby) == 3u);
}

LOG_TEST("an expected version that does not hold writes nothing") {
  TestType under_test;
  auto& log = under_test.log();
  REQUIRE(append(log, lobby, 0));
  for (const version wrong : {0u, 2u, 7u}) {
    auto refused = request({messages(other, 0), messages(lobby, wrong)});
    refused.outcome = command_outcome{"u_1|k", "f", "{}", 0, 0, at(9)};
    refused.timers = {{true, {at(1), lobby, "expiry"}}};
    const auto answer = append(log, refused);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::version_conflict);
  }
  CHECK(log.head() == 1);
  CHECK(log.stream_version(other) == 0u);
  CHECK_FALSE(log.find_outcome("u_1|k")->has_value());
  CHECK(log.due_timers(at(1), 10)->empty());
  CHECK(log.writable());
}

LOG_TEST("a refused request does not disturb the others of its batch, and later ones see the earlier") {
  TestType under_test;
  auto& log = under_test.log();
  const std::vector batch{request({messages(lobby, 0)}), request({messages(lobby, 0)}), request({messages(lobby, 1)}),
                          request({messages(other, 0), messages(lobby, 2), messages(lobby, 3)})};
  const auto answers = log.append(batch);
  REQUIRE(answers.size() == 4);
  CHECK(answers[0]->last == 1);
  CHECK(answers[1].error().code == errc::version_conflict);
  CHECK(answers[2]->first == 2);
  CHECK((answers[3]->first == 3 && answers[3]->last == 5));
  CHECK(check_gapless(read_all(log)).empty());
  CHECK(log.stream_version(lobby) == 4u);
}

LOG_TEST("reads are bounded by number and by bytes, but give at least one record") {
  TestType under_test;
  auto& log = under_test.log();
  REQUIRE(append(log, lobby, 0, 10));
  CHECK(log.read(0, 3, no_limit)->size() == 3);
  CHECK(log.read(8, 10, no_limit)->size() == 2);
  CHECK(log.read(10, 10, no_limit)->empty());
  CHECK(log.read_stream(lobby, 10, 3, no_limit)->empty());
  CHECK(log.read(0, 10, 1)->size() == 1);
  CHECK(log.read_stream(lobby, 0, 10, 1)->size() == 1);
  // The bound counts the records' bytes, their personal part included, and a page ends before it would be exceeded.
  const std::string text(20'000, 'x');
  for (version v = 10; v < 20; ++v) {
    append_request one;
    one.streams.push_back(
        {lobby, v, {encode(events::room_event{events::message_sent{{"m_1"}, {"u_1"}, {"s_1"}, "Ada", text, "", ""}})}});
    REQUIRE(log.append({&one, 1}).at(0).has_value());
  }
  CHECK(log.read(10, 10, 3 * text.size())->size() == 2);
  CHECK(log.read_stream(lobby, 10, 10, 3 * text.size())->size() == 2);
  CHECK(log.read(10, 10, 10)->size() == 1);
  CHECK(log.read_stream(lobby, 10, 10, 10)->size() == 1);
  CHECK(log.read_stream(lobby, 4, 3, no_limit)->front().version == 5);
  CHECK(log.read(std::numeric_limits<position>::max(), 3, no_limit)->empty());
  CHECK(log.read_stream(lobby, std::numeric_limits<version>::max(), 3, no_limit)->empty());
}

LOG_TEST("a stream whose id begins like another's is another stream") {
  TestType under_test;
  auto& log = under_test.log();
  REQUIRE(append(log, {"room/a"}, 0, 2));
  REQUIRE(append(log, {"room/ab"}, 0, 3));
  CHECK(log.read_stream({"room/a"}, 0, 10, no_limit)->size() == 2);
  CHECK(log.stream_version({"room/a"}) == 2u);
  CHECK(log.stream_version({"room/ab"}) == 3u);
  CHECK(log.stream_version({"room/"}) == 0u);
}

LOG_TEST("outcome, timers and snapshot are written with their request, and the outcome knows where") {
  TestType under_test;
  auto& log = under_test.log();
  auto r = request({messages(lobby, 0, 2)});
  r.outcome = command_outcome{"u_1|k", "ab12", R"({"id":"m_1"})", 0, 2, at(5000)};
  r.timers = {{true, {at(100), lobby, "expiry"}}, {true, {at_restart, lobby, "restart"}}};
  r.snapshot = snapshot{lobby, 2, 3, R"({"open":true})"};
  REQUIRE(append(log, r));

  const auto outcome = log.find_outcome("u_1|k");
  REQUIRE((outcome && *outcome));
  CHECK((*outcome)->fingerprint == "ab12");
  CHECK((*outcome)->reply == R"({"id":"m_1"})");
  CHECK((*outcome)->position == 2);
  CHECK((*outcome)->version == 2);
  CHECK((*outcome)->expires_at == at(5000));
  const auto found = log.find_snapshot(lobby);
  REQUIRE((found && *found));
  CHECK((*found)->version == 2);
  CHECK((*found)->schema == 3);
  CHECK((*found)->state == R"({"open":true})");
  CHECK(*log.due_timers(at(100), 10) == std::vector{timer{at(100), lobby, "expiry"}});
  CHECK(*log.restart_timers({}, 10) == std::vector{timer{at_restart, lobby, "restart"}});
}

LOG_TEST("a request without events writes its outcome and answers the head") {
  TestType under_test;
  auto& log = under_test.log();
  REQUIRE(append(log, lobby, 0, 3));
  auto r = request({});
  r.outcome = command_outcome{"u_1|again", "f", "{}", 0, 3, at(1)};
  const auto answer = append(log, r);
  REQUIRE(answer);
  CHECK((answer->first == 3 && answer->last == 3));
  CHECK((*log.find_outcome("u_1|again"))->position == 3);
  CHECK(log.head() == 3);
}

LOG_TEST("timers come earliest first, bounded, and not after they were cancelled") {
  TestType under_test;
  auto& log = under_test.log();
  auto r = request({});
  r.timers = {{true, {at(300), lobby, "expiry"}},
              {true, {at(-5), other, "grace"}},
              {true, {at(200), other, "expiry"}},
              {true, {at(200), lobby, "expiry"}}};
  REQUIRE(append(log, r));
  const std::vector<timer> due{{at(-5), other, "grace"}, {at(200), lobby, "expiry"}, {at(200), other, "expiry"}};
  CHECK(*log.due_timers(at(299), 10) == due);
  CHECK(log.due_timers(at(299), 2)->size() == 2);
  r.timers = {{false, {at(-5), other, "grace"}}, {false, {at(200), lobby, "expiry"}}};
  REQUIRE(append(log, r));
  CHECK(*log.due_timers(at(299), 10) == std::vector{timer{at(200), other, "expiry"}});
}

LOG_TEST("restart timers are paged by stream and never come as due") {
  TestType under_test;
  auto& log = under_test.log();
  auto r = request({});
  for (const auto* stream : {"session/c", "session/a", "session/b"})
    r.timers.push_back({true, {at_restart, {stream}, "restart"}});
  r.timers.push_back({true, {at_restart, {"session/b"}, "second"}});
  REQUIRE(append(log, r));
  CHECK(log.due_timers(at_restart, 10)->empty());
  auto page = *log.restart_timers({}, 2);
  REQUIRE(page.size() == 1); // b's two do not fit any more, and are not torn apart
  CHECK(page[0].stream.text == "session/a");
  page = *log.restart_timers(page.back().stream, 2);
  REQUIRE(page.size() == 2);
  CHECK(page[1].what == "second");
  page = *log.restart_timers(page.back().stream, 2);
  REQUIRE(page.size() == 1);
  CHECK(page[0].stream.text == "session/c");
  CHECK(log.restart_timers(page.back().stream, 2)->empty());
}

LOG_TEST("requests that no log may hold are refused") {
  TestType under_test;
  auto& log = under_test.log();
  CHECK(append(log, {""}, 0).error().code == errc::invalid);
  CHECK(append(log, {std::string(257, 'a')}, 0).error().code == errc::invalid);
  CHECK(append(log, {std::string("room/\0x", 7)}, 0).error().code == errc::invalid);
  auto keyed = request({messages(lobby, 0)});
  keyed.outcome = command_outcome{std::string(513, 'k'), "f", "{}", 0, 0, at(1)};
  CHECK(append(log, keyed).error().code == errc::invalid);
  auto large = request({messages(lobby, 0, 1, std::string(5 << 20, 'x'))});
  CHECK(append(log, large).error().code == errc::too_large);
  CHECK(log.head() == 0);
  CHECK(append(log, {std::string(256, 'a')}, 0));
}

LOG_TEST("a waiter wakes for a commit, for stop_waiting, and after its time") {
  TestType under_test;
  auto& log = under_test.log();
  CHECK(log.wait_beyond(0, 1ms) == 0);
  position seen = 0;
  std::thread waiter{[&] { seen = log.wait_beyond(0, 60s); }};
  REQUIRE(append(log, lobby, 0));
  waiter.join();
  CHECK(seen == 1);
  std::thread stopped{[&] { seen = log.wait_beyond(1, 60s); }};
  log.stop_waiting();
  stopped.join();
  CHECK(log.wait_beyond(1, 60s) == 1);
}

THREADS_TEST("tailing readers see every commit, in order, while a writer appends") {
  TestType under_test;
  auto& log = under_test.log();
  constexpr version last = 600;
  std::atomic<int> faults{0};
  const auto tail = [&] {
    position seen = 0;
    while (seen < last) {
      if (log.wait_beyond(seen, 60s) <= seen) return void(++faults);
      auto page = log.read(seen, 16, no_limit);
      // A head that was announced must be readable at once.
      if (!page || page->empty()) return void(++faults);
      for (const auto& r : *page)
        if (r.position != ++seen) return void(++faults);
    }
  };
  const auto follow_stream = [&] {
    version seen = 0;
    while (seen < last / 2) {
      log.wait_beyond(2 * seen, 60s);
      auto page = log.read_stream(lobby, seen, 16, no_limit);
      const auto end = log.stream_version(lobby);
      if (!page || !end || *end < seen + page->size()) return void(++faults);
      for (const auto& r : *page)
        if (r.version != ++seen || r.position > log.head()) return void(++faults);
    }
  };
  std::vector<std::thread> readers;
  readers.emplace_back(tail);
  readers.emplace_back(tail);
  readers.emplace_back(follow_stream);
  for (version v = 0; v < last / 2; ++v) REQUIRE(append(log, request({messages(lobby, v), messages(other, v)})));
  for (auto& r : readers) r.join();
  CHECK(faults == 0);
}
