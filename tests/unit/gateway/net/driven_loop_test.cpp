// A loop that nobody runs: somebody takes its turns one by one, under a clock of their own.

#include "gateway/bridge/io_loop.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

using parley::gateway::io_loop;
using namespace std::chrono_literals;

namespace {

struct driven {
  io_loop::time now{};
  io_loop loop{0, [this] { return now; }};
  std::string trace;

  [[nodiscard]] io_loop::timer noting(std::chrono::milliseconds delay, char what) {
    return loop.after(delay, [this, what] { trace += what; });
  }
};

} // namespace

TEST_CASE("a turn runs what is ready on the caller's thread, then the hooks") {
  driven d;
  d.loop.at_turn_end([&] {
    d.trace += d.loop.is_current() ? '.' : '!';
    return false;
  });
  CHECK_FALSE(d.loop.run_turn());
  for (int round = 0; round < 2; ++round) { // also after the context had nothing left to wait for
    d.loop.post([&] { d.trace += io_loop::current() == &d.loop ? 'p' : '!'; });
    boost::asio::post(d.loop.context(), [&] { d.trace += 'h'; });
    CHECK(d.loop.run_turn());
    CHECK_FALSE(d.loop.run_turn());
  }
  CHECK(d.trace == ".ph..ph..");
  CHECK(io_loop::current() == nullptr);
}

TEST_CASE("a turn in which only a hook made work says so") {
  driven d;
  int work = 2;
  d.loop.at_turn_end([&] { return work-- > 0; });
  CHECK(d.loop.run_turn());
  CHECK_FALSE(d.loop.run_turn());
}

TEST_CASE("a turn takes a bounded number of handlers and leaves the rest to the next") {
  driven d;
  int handled = 0;
  for (int i = 0; i <= io_loop::turn_handlers_max; ++i) boost::asio::post(d.loop.context(), [&] { ++handled; });
  CHECK(d.loop.run_turn());
  CHECK(handled == io_loop::turn_handlers_max);
  CHECK(d.loop.run_turn());
  CHECK(handled == io_loop::turn_handlers_max + 1);
}

TEST_CASE("a loop that was stopped takes no more turns") {
  driven d;
  d.loop.post([&] { d.trace += 'x'; });
  d.loop.stop();
  CHECK_FALSE(d.loop.run_turn());
  CHECK(d.trace.empty());
}

TEST_CASE("timers ring when the given clock says so, earliest first, then in the order they were set") {
  driven d;
  const auto late = d.noting(10ms, 'd');
  const auto one = d.noting(5ms, 'b'), two = d.noting(5ms, 'c');
  const auto early = d.noting(1ms, 'a');
  CHECK(d.loop.next_timer() == d.now + 1ms);
  CHECK_FALSE(d.loop.run_turn());
  d.now += 5ms;
  CHECK(d.loop.run_turn());
  CHECK(d.trace == "abc");
  CHECK(d.loop.next_timer() == d.now + 5ms);
  d.now += 5ms;
  CHECK(d.loop.run_turn());
  CHECK(d.trace == "abcd");
  CHECK_FALSE(d.loop.next_timer().has_value());
  CHECK_FALSE(d.loop.run_turn());
}

TEST_CASE("a timer's task may end other timers and its own, and a new one of its making waits for the next turn") {
  driven d;
  io_loop::timer self, other;
  self = d.loop.after(0ms, [&] {
    d.trace += 'a';
    other = nullptr;
    self = d.noting(0ms, 'b');
  });
  other = d.noting(0ms, 'x');
  CHECK(d.loop.run_turn());
  CHECK(d.trace == "a");
  CHECK(d.loop.run_turn());
  CHECK(d.trace == "ab");
}

TEST_CASE("a turn rings a bounded number of timers and leaves the rest to the next") {
  driven d;
  std::vector<io_loop::timer> many;
  for (int i = 0; i <= io_loop::turn_handlers_max; ++i) many.push_back(d.noting(0ms, 'x'));
  CHECK(d.loop.run_turn());
  CHECK(d.trace.size() == io_loop::turn_handlers_max);
  CHECK(d.loop.run_turn());
  CHECK(d.trace.size() == io_loop::turn_handlers_max + 1);
}

TEST_CASE("who stands in for a loop is on it, and leaves the one before current again") {
  driven outer, inner;
  {
    const io_loop::standing_in there{outer.loop};
    outer.loop.dispatch([&] { outer.trace += 'a'; });
    {
      const io_loop::standing_in here{inner.loop};
      CHECK(io_loop::current() == &inner.loop);
      CHECK_FALSE(outer.loop.is_current());
      inner.loop.dispatch([&] { inner.trace += 'b'; });
      outer.loop.dispatch([&] { outer.trace += 'c'; });
    }
    CHECK(outer.loop.is_current());
  }
  CHECK(io_loop::current() == nullptr);
  CHECK(outer.trace == "a");
  CHECK(inner.trace == "b");
  CHECK(outer.loop.run_turn());
  CHECK(outer.trace == "ac");
}
