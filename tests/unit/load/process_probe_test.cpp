#include "tools/parley-load/process_probe.hpp"

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace parley::load;

TEST_CASE("a thread's line is read even when its name holds spaces and parentheses") {
  const auto stat = parse_thread_stat("12 (a) b (c) S 1 1 1 0 -1 4194304 9 0 0 0 250 50 0 0 20 0 1 0 100 5000 300 "
                                      "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 3 0 0 0 0 0");
  REQUIRE(stat);
  CHECK(stat->cpu_ticks == 300);
  CHECK(stat->core == 3);
}

TEST_CASE("lines that are cut short are refused") {
  CHECK_FALSE(parse_thread_stat(""));
  CHECK_FALSE(parse_thread_stat("12 (name"));
  CHECK_FALSE(parse_thread_stat("12 (name) S 1 1 1 0"));
}

TEST_CASE("this process is alive, has memory, and uses CPU on some core") {
  process_probe probe{getpid()};
  CHECK(probe.alive());
  CHECK(probe.resident_bytes() > 100'000);
  probe.restart();
  CHECK(probe.cpu().count() == 0);
  volatile std::uint64_t work = 0;
  while (probe.cpu().count() <= 0.02) {
    for (int i = 0; i < 1'000'000; ++i) work = work + 1;
    probe.sample();
  }
  CHECK_FALSE(probe.cores().empty());
}

TEST_CASE("a process that does not exist is not alive") {
  process_probe probe{1 << 29};
  CHECK_FALSE(probe.alive());
  probe.sample();
  CHECK(probe.cpu().count() == 0);
}
