#include "tools/parley-load/process_watch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace parley::load;
using namespace std::chrono_literals;

namespace {

void work_for(std::chrono::duration<double> cpu) {
  process_probe probe{getpid()};
  probe.restart();
  volatile std::uint64_t work = 0;
  while (probe.cpu() < cpu) {
    for (int i = 0; i < 1'000'000; ++i) work = work + 1;
    probe.sample();
  }
}

} // namespace

TEST_CASE("a run's cost is counted from the start of measuring, for this program and for the server") {
  process_use self;
  std::optional<process_use> server;
  process_watch watch{getpid(), self, server};
  REQUIRE(watch.begin());
  CHECK(self.resident_before > 100'000);
  work_for(200ms);
  watch.restart(0ns);
  work_for(30ms);
  watch.finish();
  CHECK(self.cpu_seconds >= 0.02);
  CHECK(self.cpu_seconds < 0.2);
  REQUIRE(server);
  CHECK(server->pid == getpid());
  CHECK(server->cpu_seconds > 0);
  CHECK(server->alive);
  CHECK(server->resident_peak >= server->resident_after);
}

TEST_CASE("without a server to watch, the report has none; one that does not exist is refused") {
  process_use self;
  std::optional<process_use> server;
  CHECK(process_watch{0, self, server}.begin());
  CHECK_FALSE(server);
  CHECK_FALSE(process_watch{1 << 29, self, server}.begin());
}
