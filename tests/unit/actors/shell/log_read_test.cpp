#include "actors/log_read.hpp"

#include "actors/log_reader.hpp"
#include "events/log/memory_log.hpp"
#include "tests/unit/actors/shell/listening.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {
namespace {

const stream_id hall{"room/hall"};

struct reading {
  memory_log log;
  listening actors;
  listener& ann = actors.spawn();

  /// What ann is told by a read that starts after `after`.
  loaded_ptr load(version after, bool with_snapshot, std::size_t events) {
    log_read::of_entity(ann.sink(), 5, hall, after, with_snapshot, events).answer(log);
    actors.hear();
    REQUIRE(ann.loaded.size() == 1);
    auto answer = ann.loaded.back();
    ann.loaded.clear();
    CHECK(answer->ticket == 5);
    REQUIRE(answer->page.has_value());
    return answer;
  }
};

std::vector<version> versions_of(const std::vector<record>& records) {
  std::vector<version> all;
  for (const auto& r : records) all.push_back(r.version);
  return all;
}

} // namespace

TEST_CASE("an entity that recovers is given its stream page by page, and told which is the last") {
  reading r;
  REQUIRE(append(r.log, hall, 0, 5).has_value());
  const auto first = r.load(0, true, 3);
  CHECK(versions_of(*first->page) == std::vector<version>{1, 2, 3});
  CHECK_FALSE(first->last);
  const auto second = r.load(3, false, 3);
  CHECK(versions_of(*second->page) == std::vector<version>{4, 5});
  CHECK(second->last);
  CHECK(r.load(5, false, 3)->last);
}

TEST_CASE("an entity that recovers from a snapshot is given only what follows it") {
  reading r;
  REQUIRE(append(r.log, hall, 0, 5).has_value());
  append_request kept;
  kept.snapshot = snapshot{hall, 4, 1, "{}"};
  REQUIRE(append(r.log, kept).has_value());
  const auto with = r.load(0, true, 3);
  REQUIRE(with->base.value().has_value());
  CHECK(versions_of(*with->page) == std::vector<version>{5});
  CHECK(with->last);
  const auto without = r.load(0, false, 3);
  CHECK_FALSE(without->base.value().has_value());
  CHECK(versions_of(*without->page) == std::vector<version>{1, 2, 3});
}

TEST_CASE("an entity whose stream is unknown has read all of it") {
  reading r;
  const auto answer = r.load(0, true, 3);
  CHECK(answer->page->empty());
  CHECK(answer->last);
}

TEST_CASE("a reader that catches up is given a page within its bounds") {
  reading r;
  REQUIRE(append(r.log, hall, 0, 5).has_value());
  std::vector<version> seen;
  log_read::of_page(hall, 1, 2, 1 << 20, [&](auto page) { seen = versions_of(page.value()); }).answer(r.log);
  CHECK(seen == std::vector<version>{2, 3});
  log_read::of_page(hall, 1, 9, 1, [&](auto page) { seen = versions_of(page.value()); }).answer(r.log);
  CHECK(seen == std::vector<version>{2});
}

TEST_CASE("a read that is refused tells whoever waits for it") {
  reading r;
  const error why{errc::unavailable, "not now", 1};
  log_read::of_entity(r.ann.sink(), 9, hall, 0, true).refuse(why);
  r.actors.hear();
  REQUIRE(r.ann.loaded.size() == 1);
  CHECK(r.ann.loaded.front()->ticket == 9);
  CHECK(r.ann.loaded.front()->page.error().message == "not now");
  std::optional<error> told;
  log_read::of_page(hall, 0, 1, 1, [&](auto page) { told = page.error(); }).refuse(why);
  CHECK(told.value().message == "not now");
}

TEST_CASE("a reader that is stopped answers what waits and refuses what comes") {
  memory_log log;
  REQUIRE(append(log, hall, 0, 3).has_value());
  log_reader reader{log, 2};
  std::atomic<std::size_t> answered = 0;
  for (version after = 0; after < 3; ++after)
    reader.read(hall, after, 1, 1 << 20, [&answered, after](auto page) {
      if (page && versions_of(*page) == std::vector{after + 1}) ++answered;
    });
  reader.stop();
  CHECK(answered == 3);
  std::optional<errc> refused;
  reader.read(hall, 0, 1, 1, [&](auto page) { refused = page.error().code; });
  CHECK(refused == errc::unavailable);
}

} // namespace parley::test
