#include "gateway/net/admission.hpp"
#include "gateway/net/rate_limiter.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::gateway;
using namespace std::chrono_literals;

namespace {
struct hand_clock {
  std::chrono::steady_clock::time_point now{};
  rate_limiter::steady_now reader() {
    return [this] { return now; };
  }
};
} // namespace

TEST_CASE("a burst is allowed, then as much as flows in") {
  hand_clock clock;
  rate_limiter limiter{{2, 3}, 100, clock.reader()};
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("a").allowed);
  CHECK(!limiter.take("a").allowed);
  CHECK(limiter.take("b").allowed);
  clock.now += 500ms;
  CHECK(limiter.take("a").allowed);
  CHECK(!limiter.take("a").allowed);
}

TEST_CASE("a refusal says after how many seconds a token is there") {
  hand_clock clock;
  rate_limiter limiter{{0.1, 1}, 100, clock.reader()};
  CHECK(limiter.take("a").allowed);
  CHECK(limiter.take("a").retry_after_s == 10);
  clock.now += 7s;
  CHECK(limiter.take("a").retry_after_s == 3);
  clock.now += 3s;
  CHECK(limiter.take("a").allowed);
}

TEST_CASE("a rate of 0 limits nothing and remembers nobody") {
  rate_limiter limiter{{0, 0}, 100};
  for (int i = 0; i < 1000; ++i) REQUIRE(limiter.take("a").allowed);
  CHECK(limiter.size() == 0);
}

TEST_CASE("a clock that steps back gives no tokens and takes none") {
  hand_clock clock;
  clock.now += 100s;
  rate_limiter limiter{{1, 1}, 100, clock.reader()};
  CHECK(limiter.take("a").allowed);
  clock.now -= 50s;
  CHECK(!limiter.take("a").allowed);
}

TEST_CASE("however many keys ask, only so many are remembered, the latest seen") {
  hand_clock clock;
  rate_limiter limiter{{0.001, 1}, 160, clock.reader()};
  for (int i = 0; i < 10'000; ++i) static_cast<void>(limiter.take(std::to_string(i)));
  CHECK(limiter.size() <= 160);
  CHECK(!limiter.take("9999").allowed);
  CHECK(limiter.take("0").allowed);
}

TEST_CASE("an IPv6 customer is one key, and an IPv4 address is the same however it came") {
  CHECK(address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2:ffff::1"));
  CHECK(address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1"));
  CHECK(address_key("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(address_key("192.0.2.1") == "192.0.2.1");
  CHECK(address_key("fe80::1%eth0") == address_key("fe80::2"));
  CHECK(address_key("somewhere") == "somewhere");
}

TEST_CASE("where addresses must be hard to come by, an IPv6 site is one key, however many networks it has") {
  const auto key = [](std::string_view address) { return address_key(address, ipv6_prefix::site); };
  CHECK(key("2001:db8:1:2::1") == key("2001:db8:1:ffff::1"));
  CHECK(key("2001:db8:1::1") != key("2001:db8:2::1"));
  CHECK(key("2001:db8:1::1") != address_key("2001:db8:1::1"));
  CHECK(key("::ffff:192.0.2.1") == "192.0.2.1");
}

TEST_CASE("no more connections are admitted than the bounds say, and a ticket given back makes room") {
  net_limits bounds;
  bounds.connections_max = 3;
  bounds.connections_per_address_max = 2;
  admission door{bounds};
  auto first = door.admit("192.0.2.1");
  auto second = door.admit("192.0.2.1");
  REQUIRE(first);
  REQUIRE(second);
  CHECK(!door.admit("192.0.2.1"));
  auto other = door.admit("192.0.2.2");
  REQUIRE(other);
  CHECK(!door.admit("192.0.2.3"));
  CHECK(door.connections() == 3);
  first.reset();
  auto moved = std::move(*second);
  second.reset();
  CHECK(door.connections() == 2);
  CHECK(door.admit("192.0.2.1"));
}

TEST_CASE("connecting again and again is limited per address") {
  hand_clock clock;
  net_limits bounds;
  bounds.connects_per_address = {1, 2};
  admission door{bounds, clock.reader()};
  CHECK(door.admit("192.0.2.1"));
  CHECK(door.admit("192.0.2.1"));
  CHECK(!door.admit("192.0.2.1"));
  CHECK(door.admit("192.0.2.2"));
  clock.now += 1s;
  CHECK(door.admit("192.0.2.1"));
}

TEST_CASE("a proxy's connections count among all and not by address") {
  net_limits bounds;
  bounds.connections_max = 3;
  bounds.connections_per_address_max = 1;
  bounds.connects_per_address = {1, 1};
  admission door{bounds};
  auto first = door.admit_proxy();
  const auto second = door.admit_proxy();
  const auto client = door.admit("192.0.2.1");
  REQUIRE((first && second && client));
  CHECK(!door.admit_proxy());
  first.reset();
  CHECK(door.connections() == 2);
  CHECK(door.admit_proxy());
}

TEST_CASE("a ticket may outlive the door") {
  std::optional<admission::ticket> held;
  {
    admission door{net_limits{}};
    held = door.admit("192.0.2.1");
  }
  held.reset();
  SUCCEED();
}
