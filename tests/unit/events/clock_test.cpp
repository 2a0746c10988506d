#include "events/clock.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace std::chrono_literals;

TEST_CASE("times are written in UTC with three fractional digits") {
  CHECK(to_iso8601(time_point{}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso8601(time_point{1795216775042ms}) == "2026-11-20T23:19:35.042Z");
  CHECK(to_iso8601(time_point{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(to_iso8601(time_point{253402300799999ms}) == "9999-12-31T23:59:59.999Z");
  CHECK(to_iso8601(time_point{951782400000ms}) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("what is written reads back the same") {
  for (const std::int64_t ms : {0LL, -1LL, 1795216775042LL, 253402300799999LL, -62135596800000LL, 951782400001LL}) {
    const time_point t{std::chrono::milliseconds{ms}};
    CHECK(parse_iso8601(to_iso8601(t)) == t);
  }
}

TEST_CASE("fractions of any length are cut to milliseconds, and offsets are taken off") {
  const time_point t{1795216775000ms};
  CHECK(parse_iso8601("2026-11-20T23:19:35Z") == t);
  CHECK(parse_iso8601("2026-11-20T23:19:35.1Z") == t + 100ms);
  CHECK(parse_iso8601("2026-11-20T23:19:35.123999999Z") == t + 123ms);
  CHECK(parse_iso8601("2026-11-21T00:19:35+01:00") == t);
  CHECK(parse_iso8601("2026-11-20T17:49:35-05:30") == t);
  CHECK(parse_iso8601("2026-11-20t23:19:35z") == t);
}

TEST_CASE("what is not a time is refused") {
  for (const auto* text : {"",
                           "2026",
                           "2026-11-20",
                           "2026-11-20T23:19:35",
                           "2026-11-20 23:19:35Z",
                           "2026-13-20T23:19:35Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T23:60:00Z",
                           "2026-11-20T23:19:60Z",
                           "2026-11-20T23:19:35.Z",
                           "2026-11-20T23:19:35.1234567890Z",
                           "2026-11-20T23:19:35Zx",
                           "2026-11-20T23:19:35+1:00",
                           "2026-11-20T23:19:35+24:00",
                           "-026-11-20T23:19:35Z",
                           "2026-1 -20T23:19:35Z",
                           "2026-11-20T-1:19:35Z",
                           "+2026-11-20T23:19:35Z"}) {
    INFO(text);
    const auto parsed = parse_iso8601(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == errc::invalid);
  }
}
