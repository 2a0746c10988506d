// Looking at a log from outside: beside its owner, and when it is damaged.

#include "events/log/directory_storage.hpp"
#include "events/log/keys.hpp"
#include "events/log/rocksdb_store.hpp"
#include "events/log/verify.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

using namespace parley;
using namespace parley::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const stream_id lobby{"room/lobby"}, other{"room/other"};
const system_clock_source machine_clock;

std::unique_ptr<stored_log> open_log(const temporary_directory& directory) {
  auto opened = open_log_in(directory.path());
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

verification verified(const temporary_directory& directory) {
  auto found = verify_log(directory.path(), {});
  INFO((found ? std::string{} : found.error().message));
  REQUIRE(found.has_value());
  return std::move(*found);
}

/// One record, and another behind it in the next write-ahead file: the outcomes are moved out of the first, the record
/// is not.
void write_into_two_files(stored_log& log) {
  auto first = request({messages(lobby, 0)});
  first.outcome = command_outcome{"u_1|k", "f", "{}", 0, 1, time_point::max()};
  REQUIRE(append(log, std::move(first)));
  REQUIRE(log.forget_expired());
  REQUIRE(append(log, lobby, 1));
}

/// Writes into the tables behind the log's back.
template <class Change>
void damage_tables(const temporary_directory& directory, Change change) {
  auto tables = open_rocksdb_store(directory.path() + "/rocksdb", store::access::write, machine_clock);
  REQUIRE(tables.has_value());
  const auto batch = (*tables)->new_batch();
  change(**tables, *batch);
  REQUIRE(batch->write());
}

} // namespace

TEST_CASE("a sound log verifies, also while its owner writes") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  REQUIRE(append(*log, request({messages(lobby, 0, 3), messages(other, 0, 2)})));
  const auto found = verified(directory);
  CHECK(found.damages.empty());
  CHECK((found.head == 5 && found.records == 5 && found.streams == 2));
  REQUIRE(append(*log, lobby, 3));
  CHECK(verified(directory).head == 6);
}

TEST_CASE("a log is looked at while its owner has begun another write-ahead file, and needs the one before") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  write_into_two_files(*log);
  const auto found = verified(directory);
  CHECK(found.damages.empty());
  CHECK(found.head == 2);
  const auto following = log_view::open(directory.path(), log_view::kind::following);
  REQUIRE(following.has_value());
  CHECK(following->head() == 2);
}

TEST_CASE("a write-ahead file that is gone is damage") {
  const temporary_directory directory;
  write_into_two_files(*open_log(directory));
  const std::filesystem::path tables = directory.path() + "/rocksdb";
  std::set<std::filesystem::path> write_ahead;
  for (const auto& entry : std::filesystem::directory_iterator{tables})
    if (entry.path().extension() == ".log") write_ahead.insert(entry.path());
  REQUIRE(write_ahead.size() == 2);
  std::filesystem::remove(*write_ahead.begin());
  const auto found = verified(directory);
  REQUIRE_FALSE(found.damages.empty());
  CHECK_THAT(found.damages.front().what, ContainsSubstring("Missing WAL"));
}

TEST_CASE("no log is told from a damaged one") {
  const temporary_directory directory;
  CHECK(verify_log(directory.path(), {}).error().code == errc::not_found);
}

TEST_CASE("damage is found and named with its first position") {
  const temporary_directory directory;
  {
    const auto log = open_log(directory);
    REQUIRE(append(*log, request({messages(lobby, 0, 3), messages(other, 0, 2)})));
  }
  position first = 3;
  std::string what;
  SECTION("a changed record") {
    what = "SHA-256";
    damage_tables(directory, [](const store& s, store::batch& b) {
      auto value = **s.get(table::log, keys::number(3));
      value.back() = ' ';
      b.put(table::log, keys::number(3), value);
    });
  }
  SECTION("a missing record") {
    what = "missing";
    damage_tables(directory, [](const store&, store::batch& b) { b.erase(table::log, keys::number(3)); });
  }
  SECTION("an index entry that names another record") {
    what = "index";
    damage_tables(directory, [](const store&, store::batch& b) {
      b.put(table::streams, keys::stream(lobby, 3), keys::number(4));
    });
  }
  SECTION("an index entry without a record") {
    first = 0;
    what = "6 entries for 5 records";
    damage_tables(directory, [](const store&, store::batch& b) {
      b.put(table::streams, keys::stream(other, 3), keys::number(5));
    });
  }
  SECTION("a head before the last record") {
    first = 5;
    what = "vanished"; // HEAD knows of 5
    damage_tables(directory, [](const store&, store::batch& b) { b.put(table::meta, keys::head, keys::number(4)); });
  }
  const auto found = verified(directory);
  REQUIRE_FALSE(found.damages.empty());
  CHECK(found.damages.front().at == first);
  CHECK_THAT(found.damages.front().what, ContainsSubstring(what));
  // The server does not serve it either.
  const auto opened = open_log_in(directory.path());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == errc::corrupt);
}

TEST_CASE("a following view shows what its owner appends") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  REQUIRE(append(*log, lobby, 0, 2));
  auto view = log_view::open(directory.path(), log_view::kind::following);
  REQUIRE(view.has_value());
  CHECK(view->head() == 2);
  REQUIRE(append(*log, other, 0, 3));
  REQUIRE(append(*log, lobby, 2));
  REQUIRE(view->refresh());
  CHECK(view->head() == 6);
  std::vector<position> seen;
  REQUIRE(view->visit_stream(lobby, 1, [&](const record& r, std::string_view) {
    seen.push_back(r.position);
    return true;
  }));
  CHECK(seen == std::vector<position>{2, 6});
}
