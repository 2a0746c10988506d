// The log of production on a disk that loses or changes what it had synced: it refuses to serve that, or to read it.

#include "tests/simulation/machine/machine.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace parley;
using namespace parley::simulation;
using namespace parley::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const stream_id lobby{"room/lobby"};
constexpr std::size_t no_limit = 1'000'000;

} // namespace

TEST_CASE("a flipped bit in a synced batch of the write-ahead log refuses to open") {
  machine m;
  m.start();
  for (version v = 0; v < 10; ++v) REQUIRE(append(*m.log, lobby, v));
  m.crash();
  REQUIRE(m.disk.flip_wal_bit());
  for (int again = 0; again < 2; ++again) {
    const auto e = m.refusal();
    CHECK(e.code == errc::corrupt);
    CHECK_THAT(e.message, ContainsSubstring("parley log verify") && ContainsSubstring("backup"));
  }
  m.disk.repair();
  m.start();
  CHECK(m.log->head() == 10);
}

TEST_CASE("a flipped bit in a record is found at the start when it is young, and by whoever reads it when it is old") {
  machine m;
  m.start();
  for (version v = 0; v < 30; ++v) REQUIRE(append(*m.log, lobby, v));
  CHECK_FALSE(m.disk.flip_record_bit(30)); // still in the write-ahead log
  m.start();
  auto o = without_thread();
  o.tail_checked = 10;
  SECTION("young") {
    REQUIRE(m.disk.flip_record_bit(25));
    const auto opened = m.try_to_start(o);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == errc::corrupt);
    CHECK_THAT(opened.error().message, ContainsSubstring("position 25") && ContainsSubstring("SHA-256"));
  }
  SECTION("old") {
    REQUIRE(m.disk.flip_record_bit(15));
    m.start(o);
    CHECK(m.log->read(0, 14, no_limit)->size() == 14);
    CHECK(m.log->read(15, 14, no_limit)->size() == 14);
    CHECK(m.log->read(0, 15, no_limit).error().code == errc::corrupt);
    CHECK(m.log->read_stream(lobby, 10, 10, no_limit).error().code == errc::corrupt);
    CHECK(m.verified().damages.at(0).at == 15);
  }
  m.disk.repair();
  m.start(o);
  CHECK(read_all(*m.log).size() == 30);
  CHECK(m.verified().damages.empty());
}

TEST_CASE("a log whose acknowledged tail vanished refuses to serve, until the loss is accepted") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 3));
  m.start(); // into the tables, where no loss of the write-ahead log reaches it
  for (version v = 3; v < 8; ++v) REQUIRE(append(*m.log, lobby, v));
  REQUIRE(m.log->keep_head());
  m.crash();
  const bool only_the_last = GENERATE(true, false);
  if (only_the_last)
    REQUIRE(m.disk.lose_acknowledged());
  else
    REQUIRE(m.disk.lose_synced(100) == 5 + 1); // the start wrote a batch of its own, the format
  const position left = only_the_last ? 7 : 3;
  for (int again = 0; again < 2; ++again) {
    const auto e = m.refusal();
    CHECK(e.code == errc::corrupt);
    CHECK_THAT(e.message, ContainsSubstring("acknowledged events have vanished") &&
                              ContainsSubstring("8 was durable") &&
                              ContainsSubstring("accept-loss --head " + std::to_string(left)));
  }
  SECTION("repaired") {
    m.disk.repair();
    m.start();
    CHECK(m.log->head() == 8);
  }
  SECTION("accepted") {
    auto accepting = without_thread();
    accepting.accepted_head = left;
    m.start(accepting);
    m.crash();
    m.start();
    CHECK(append(*m.log, lobby, left)->last == left + 1);
  }
}

TEST_CASE("only HEAD tells a loss at the end: what it does not know of yet is missed by nobody") {
  machine m;
  m.start();
  REQUIRE(append(*m.log, lobby, 0, 3));
  m.crash();
  CHECK_FALSE(m.disk.lose_acknowledged());
  REQUIRE(m.disk.lose_synced(1) == 1);
  m.start();
  CHECK(m.log->head() == 0);
}

TEST_CASE("a write of HEAD that a crash tears or takes back costs nothing, crash after crash") {
  machine m;
  const bool torn = GENERATE(true, false);
  for (version v = 0; v < 40; ++v) {
    m.start();
    REQUIRE(append(*m.log, lobby, v));
    // Both the writes of a start and later ones are hit.
    if (v % 3 == 0) REQUIRE(m.log->keep_head());
    m.disk.set_faults({.head_lost = torn ? 0U : 1'000'000U, .head_torn = torn ? 1'000'000U : 0U});
    m.crash();
    CHECK(m.injected(torn ? "HEAD torn" : "HEAD lost") == v + 1);
  }
  m.start();
  CHECK(read_all(*m.log).size() == 40);
}
