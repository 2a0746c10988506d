#include "tests/simulation/claims/trace.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>
#include <sstream>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

std::uint64_t hash_of(const std::function<void(trace&, agenda&)>& told) {
  agenda time;
  trace story{time, nullptr};
  told(story, time);
  return story.hash();
}

} // namespace

TEST_CASE("whatever differs between two runs differs in their hash") {
  const std::string long_text(1000, 'x');
  const std::vector<std::function<void(trace&, agenda&)>> runs{
      [](trace&, agenda&) {},
      [](trace& t, agenda&) { t.note("hear", "one"), t.note("hear", "two"); },
      [](trace& t, agenda&) { t.note("hear", "two"), t.note("hear", "one"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.note("hear", "twp"); },
      [](trace& t, agenda&) { t.note("heard", "one"), t.note("hear", "two"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.note("hea", "rtwo"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.note("hear", ""), t.note("hear", "two"); },
      [](trace& t, agenda& time) { t.note("hear", "one"), time.advance(1us), t.note("hear", "two"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.step(0), t.note("hear", "two"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.step(1), t.note("hear", "two"); },
      [](trace& t, agenda&) { t.note("hear", "one"), t.note("hear", "two"), t.step(1); },
      [&](trace& t, agenda&) { t.note("hear", long_text); },
      [&](trace& t, agenda&) { t.note("hear", long_text + "y"); }, // beyond what a line shows
  };
  std::set<std::uint64_t> hashes;
  for (const auto& told : runs) {
    CHECK(hash_of(told) == hash_of(told));
    hashes.insert(hash_of(told));
  }
  CHECK(hashes.size() == runs.size());
}

TEST_CASE("a trace writes every line and keeps the last") {
  agenda time;
  std::ostringstream written;
  trace story{time, &written};
  time.advance(1'500'000us);
  story.note("first", "of all");
  for (std::size_t i = 0; i < trace::lines_kept; ++i) story.note("line", std::to_string(i));
  CHECK(written.str().starts_with("    1.500000 first     of all\n"));
  CHECK(story.last_lines().size() == trace::lines_kept);
  CHECK(story.last_lines().front() == "    1.500000 line      0");
  CHECK(story.last_lines().back() == "    1.500000 line      " + std::to_string(trace::lines_kept - 1));
}

} // namespace parley::simulation
