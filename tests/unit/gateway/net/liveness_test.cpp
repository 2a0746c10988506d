// When a WebSocket client is pinged, and when it is given up.
#include "gateway/net/liveness.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::gateway;
using namespace std::chrono_literals;

namespace {

using verdict = liveness::verdict;

/// One connection under the default limits, and its clock.
struct watched {
  watched() { client.begin(now, limits); }
  verdict after(std::chrono::milliseconds passed) {
    now += passed;
    return client.look(seen, now, limits);
  }
  std::string ping() {
    const auto frame = client.ping(now, limits);
    return {frame.begin() + 2, frame.end()};
  }

  net_limits limits;
  liveness::time now{std::chrono::hours{1}};
  liveness client;
  liveness::sight seen;
};

} // namespace

TEST_CASE("an idle client is pinged once an interval, as long as it answers") {
  watched w;
  CHECK(w.after(w.limits.ping_interval - 1ms) == verdict::well);
  CHECK(w.after(1ms) == verdict::ping);
  const auto sent = w.ping();
  CHECK(w.client.awaits_pong());
  CHECK(w.after(1s) == verdict::well);
  CHECK(w.client.take_pong(sent));
  CHECK_FALSE(w.client.awaits_pong());
  CHECK(w.after(w.limits.ping_interval - 1s) == verdict::ping);
}

TEST_CASE("only the pong of the ping that is out counts, and once") {
  watched w;
  const auto first = w.ping();
  CHECK_FALSE(w.client.take_pong(""));
  CHECK(w.client.take_pong(first));
  CHECK_FALSE(w.client.take_pong(first));
  const auto second = w.ping();
  CHECK_FALSE(w.client.take_pong(first));
  CHECK(w.client.take_pong(second));
}

TEST_CASE("a client that does not answer a ping is cut, unless that proves nothing") {
  watched w;
  static_cast<void>(w.ping());
  SECTION("it had the time") {
    CHECK(w.after(w.limits.pong_timeout) == verdict::well);
    CHECK(w.after(1ms) == verdict::cut);
  }
  SECTION("we do not read") {
    w.seen.paused = true;
    CHECK(w.after(w.limits.pong_timeout + 1ms) == verdict::well);
  }
  SECTION("the ping may still be in our queue") {
    w.seen.queue_empty = false;
    CHECK(w.after(w.limits.pong_timeout + 1ms) == verdict::well);
  }
  SECTION("it acknowledges what was sent before") {
    w.seen.sent = 106; // the ping is behind it
    w.seen.unacknowledged = 106;
    CHECK(w.after(1s) == verdict::well);
    w.seen.unacknowledged = 50;
    CHECK(w.after(w.limits.pong_timeout) == verdict::well);
    CHECK(w.after(w.limits.pong_timeout) == verdict::well);
    CHECK(w.after(1ms) == verdict::cut);
  }
}

TEST_CASE("a client that takes nothing of what waits for it is cut, one that takes a little is not") {
  watched w;
  w.seen.queue_empty = false;
  w.seen.sent = 1;
  CHECK(w.after(1s) != verdict::cut);
  CHECK(w.after(w.limits.stall_timeout) != verdict::cut);
  w.seen.sent = 2;
  CHECK(w.after(1ms) != verdict::cut);
  CHECK(w.after(w.limits.stall_timeout) != verdict::cut);
  CHECK(w.after(1ms) == verdict::cut);
}
