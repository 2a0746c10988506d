#include "tests/simulation/machine/disk_tables.hpp"

#include "events/log/keys.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::simulation;

namespace {

changes record_at(position p, const std::string& text) {
  return {{table::log, keys::number(p), std::string(keys::digest_bytes, 'd') + text},
          {table::meta, std::string{keys::head}, keys::number(p)}};
}

} // namespace

TEST_CASE("a lost batch leaves the tables as they were before it, and a repair brings it back") {
  disk_tables disk{100};
  disk.commit({{table::timers, "early", ""}, {table::commands, "k", "first"}});
  const auto timers = disk.of(table::timers), commands = disk.of(table::commands);
  // Adds, replaces, removes, and changes one entry twice.
  disk.commit({{table::timers, "early", std::nullopt},
               {table::timers, "late", ""},
               {table::commands, "k", "second"},
               {table::commands, "k", "third"},
               {table::timers, "never", std::nullopt}});
  CHECK_FALSE(disk.of(table::timers).contains("early"));
  CHECK(disk.of(table::commands).at("k") == "third");
  const auto timers_after = disk.of(table::timers), commands_after = disk.of(table::commands);

  disk.lose_last();
  CHECK(disk.of(table::timers) == timers);
  CHECK(disk.of(table::commands) == commands);
  CHECK(disk.damaged());
  disk.lose_last();
  CHECK(disk.of(table::timers).empty());
  disk.repair();
  CHECK(disk.of(table::timers) == timers_after);
  CHECK(disk.of(table::commands) == commands_after);
  CHECK(disk.batches() == 2);
  CHECK_FALSE(disk.damaged());
}

TEST_CASE("what is flushed can no longer be lost with the write-ahead log, and not be damaged in it") {
  disk_tables disk{3};
  for (position p = 1; p <= 2; ++p) disk.commit(record_at(p, "text"));
  CHECK(disk.batches() == 2);
  CHECK(disk.flushed_records() == 0);
  disk.flip_batch(1);
  CHECK_FALSE(disk.checks());
  disk.commit(record_at(3, "text"));
  CHECK(disk.batches() == 0);
  CHECK(disk.checks());
  CHECK(disk.flushed_records() == 3);
  disk.commit(record_at(4, "text"));
  CHECK(disk.flushed_records() == 3);
}

TEST_CASE("a flipped bit changes the record and not its digest, and a repair flips it back") {
  disk_tables disk{1};
  disk.commit(record_at(1, "x"));
  const auto before = disk.of(table::log);
  for (std::size_t bit = 0; bit < 20; ++bit) {
    disk.flip_record(1, bit);
    const auto& now = disk.of(table::log).at(keys::number(1));
    CHECK(now.back() == static_cast<char>('x' ^ (1 << (bit % 8))));
    CHECK(now.starts_with(std::string(keys::digest_bytes, 'd')));
    CHECK(disk.damaged());
    disk.repair();
    CHECK(disk.of(table::log) == before);
  }
}

TEST_CASE("the disk knows how many batches to lose until the log's head is before a position") {
  disk_tables disk{100};
  for (position p = 1; p <= 5; ++p) disk.commit(record_at(p, "text"));
  disk.commit({{table::timers, "due", ""}, {table::meta, std::string{keys::head}, keys::number(5)}});
  CHECK(disk.batches_back_to_before(5) == 2);
  CHECK(disk.batches_back_to_before(1) == 6);
  disk.flush();
  disk.commit(record_at(6, "text"));
  CHECK(disk.batches_back_to_before(6) == 1);
  CHECK(disk.batches_back_to_before(5) == 0);
}
