#include "tests/simulation/machine/agenda.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

struct diary {
  agenda plans;
  std::string lines;

  void write(moment when, std::string what) {
    plans.at(when, [this, what = std::move(what)] { lines += what; });
  }
  void live_until(moment end) {
    while (!plans.empty() && plans.next() <= end) {
      plans.advance(plans.next());
      while (plans.do_next()) {
      }
    }
  }
};

} // namespace

TEST_CASE("what is planned happens in order of time, then of planning") {
  diary d;
  d.write(3us, "e");
  d.write(1us, "a");
  d.write(2us, "c");
  d.write(1us, "b");
  d.write(2us, "d");
  d.live_until(2us);
  CHECK(d.lines == "abcd");
  CHECK(d.plans.now() == 2us);
  d.live_until(1s);
  CHECK(d.lines == "abcde");
  CHECK(d.plans.empty());
}

TEST_CASE("nothing happens before its time") {
  diary d;
  CHECK_FALSE(d.plans.do_next());
  d.write(5us, "a");
  CHECK_FALSE(d.plans.do_next());
  CHECK(d.plans.next() == 5us);
  d.plans.advance(5us);
  CHECK(d.plans.do_next());
  CHECK_FALSE(d.plans.do_next());
  CHECK(d.lines == "a");
}

TEST_CASE("what is planned for the past happens now, after all that was planned before it") {
  diary d;
  d.plans.advance(9us);
  d.write(9us, "a");
  d.write(1us, "b");
  d.live_until(9us);
  CHECK(d.lines == "ab");
  CHECK(d.plans.now() == 9us);
}

TEST_CASE("what happens may plan more for the same moment and for later") {
  diary d;
  d.plans.after(1us, [&] {
    d.lines += "a";
    d.plans.after(0us, [&] { d.lines += "c"; });
    d.plans.after(1us, [&] { d.lines += "d"; });
  });
  d.write(1us, "b");
  d.live_until(1us);
  CHECK(d.lines == "abc");
  d.live_until(2us);
  CHECK(d.lines == "abcd");
}

} // namespace parley::simulation
