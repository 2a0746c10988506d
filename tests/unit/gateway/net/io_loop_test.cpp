#include "gateway/bridge/io_loop.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

using parley::gateway::io_loop;
using namespace std::chrono_literals;

TEST_CASE("posted tasks run on the loop's thread in the order of the calls") {
  io_loop loop{3};
  std::vector<int> order;
  bool on_loop = true;
  for (int i = 0; i < 100; ++i)
    loop.post([&, i] {
      order.push_back(i);
      on_loop = on_loop && loop.is_current() && io_loop::current() == &loop;
    });
  loop.post([&] { loop.stop(); });
  std::thread{[&] { loop.run(); }}.join();
  REQUIRE(order.size() == 100);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(on_loop);
  CHECK(!loop.is_current());
  CHECK(io_loop::current() == nullptr);
  CHECK(loop.index() == 3);
}

TEST_CASE("a dispatch on the loop's own thread runs at once, elsewhere it waits") {
  io_loop loop{0};
  std::vector<int> order;
  loop.dispatch([&] {
    loop.dispatch([&] { order.push_back(1); });
    order.push_back(2);
    loop.stop();
  });
  CHECK(order.empty());
  loop.run();
  CHECK(order == std::vector{1, 2});
}

TEST_CASE("the hooks of a turn run in order, and a hook that made work starts over before a later one runs") {
  io_loop loop{0};
  std::string trace;
  int work = 3;
  bool armed = false;
  loop.at_turn_end([&] {
    if (!armed) return false;
    trace += 'a';
    return work-- > 0;
  });
  loop.at_turn_end([&] {
    if (armed) trace += 'b';
    if (armed) loop.stop();
    return false;
  });
  loop.post([&] { armed = true; });
  loop.run();
  CHECK(trace == "aaaab");
}

TEST_CASE("a hook that never rests keeps neither later hooks nor sockets from their turn") {
  io_loop loop{0};
  int rounds = 0, flushed = 0;
  loop.at_turn_end([&] {
    ++rounds;
    return true;
  });
  loop.at_turn_end([&] {
    ++flushed;
    return false;
  });
  int handled = 0;
  std::function<void()> handler = [&] {
    if (++handled == 3) return loop.stop();
    boost::asio::post(loop.context(), handler);
  };
  boost::asio::post(loop.context(), handler);
  loop.run();
  CHECK(handled == 3);
  CHECK(flushed >= 1);
  CHECK(rounds >= io_loop::turn_rounds_max);
}

TEST_CASE("tasks that post tasks keep handlers of the context from starving") {
  io_loop loop{0};
  bool stop = false;
  std::function<void()> again = [&] {
    if (!stop) loop.post(again);
  };
  loop.post(again);
  boost::asio::post(loop.context(), [&] {
    stop = true;
    loop.stop();
  });
  loop.run();
  CHECK(stop);
}

TEST_CASE("a turn gathers what is ready before its hooks run") {
  io_loop loop{0};
  int handled = 0, seen_by_hook = 0;
  loop.at_turn_end([&] {
    if (handled > 0 && seen_by_hook == 0) {
      seen_by_hook = handled;
      loop.stop();
    }
    return false;
  });
  for (int i = 0; i < 50; ++i) boost::asio::post(loop.context(), [&] { ++handled; });
  loop.run();
  CHECK(seen_by_hook == 50);
}

TEST_CASE("stop from another thread wakes a loop that waits") {
  io_loop loop{0};
  std::thread runner{[&] { loop.run(); }};
  loop.stop();
  runner.join();
  SUCCEED();
}

TEST_CASE("timers of a loop that runs ring in the order of their times") {
  io_loop loop{0};
  std::string order;
  const auto last = loop.after(3ms, [&] {
    order += 'c';
    loop.stop();
  });
  const auto first = loop.after(1ms, [&] { order += 'a'; });
  const auto second = loop.after(2ms, [&] { order += 'b'; });
  loop.run();
  CHECK(order == "abc");
}

TEST_CASE("a loop that waits for a far timer is woken by a nearer one, and by one due at once") {
  io_loop loop{0};
  io_loop::timer far, near, now;
  std::string order;
  std::thread runner{[&] { loop.run(); }};
  loop.post([&] {
    far = loop.after(24h, [&] { order += "far"; });
    near = loop.after(1ms, [&] {
      order += "near ";
      now = loop.after(0ms, [&] {
        order += "now";
        loop.stop();
      });
    });
  });
  runner.join();
  CHECK(order == "near now");
}

TEST_CASE("a timer whose holder let go of it does not run") {
  io_loop loop{0};
  std::string order;
  auto gone = loop.after(0ms, [&] { order += 'x'; });
  const auto kept = loop.after(1ms, [&] {
    order += 'a';
    loop.stop();
  });
  gone = nullptr;
  loop.run();
  CHECK(order == "a");
}

TEST_CASE("a timer may outlive its loop, and then never runs") {
  bool ran = false;
  io_loop::timer left;
  {
    io_loop loop{0};
    left = loop.after(0ms, [&] { ran = true; });
    // As a connection's handlers do when the context goes.
    boost::asio::post(loop.context(),
                      [held = std::make_shared<io_loop::timer>(loop.after(0ms, [&] { ran = true; }))] {});
  }
  left = nullptr;
  CHECK_FALSE(ran);
}
