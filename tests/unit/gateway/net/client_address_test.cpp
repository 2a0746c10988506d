#include "gateway/net/client_address.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::gateway;

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

address_ranges ranges(const std::vector<std::string>& all) {
  address_ranges r;
  for (const auto& one : all) REQUIRE(r.add(one));
  return r;
}
bool is_range(std::string_view text) { return address_ranges{}.add(text); }

const auto proxies = [] { return ranges({"10.0.0.0/8", "127.0.0.1", "fd00::/8"}); };

/// Who it is when 10.0.0.1 passes on these lines of X-Forwarded-For.
std::string behind(const std::vector<std::string>& lines) {
  header_list headers{{"host", "example.org"}};
  for (const auto& line : lines) headers.emplace_back("x-forwarded-for", line);
  return client_address("10.0.0.1", headers, proxies());
}

} // namespace

TEST_CASE("ranges hold what their prefix says") {
  const auto some = ranges({"10.0.0.0/8", "192.0.2.128/25", "198.51.100.7", "2001:db8::/33", "fd00::1/128"});
  for (const auto* inside : {"10.0.0.0", "10.255.255.255", "192.0.2.128", "192.0.2.255", "198.51.100.7", "2001:db8::1",
                             "2001:db8:7fff::", "fd00::1"}) {
    CAPTURE(inside);
    CHECK(some.contains(inside));
  }
  for (const auto* outside : {"9.255.255.255", "11.0.0.0", "192.0.2.127", "198.51.100.8",
                              "2001:db8:8000::", "2001:db9::", "fd00::2", "::1", "", "somewhere", "10.0.0.1:80"}) {
    CAPTURE(outside);
    CHECK_FALSE(some.contains(outside));
  }
}

TEST_CASE("an IPv4 address is the same when it is mapped into IPv6, and no other") {
  CHECK(ranges({"10.0.0.0/8"}).contains("::ffff:10.1.2.3"));
  CHECK(ranges({"::ffff:10.0.0.0/104"}).contains("10.1.2.3"));
  CHECK_FALSE(ranges({"10.0.0.0/8"}).contains("a00::1")); // the same first bits
  CHECK_FALSE(ranges({"0.0.0.0/0"}).contains("2001:db8::1"));
  CHECK(ranges({"0.0.0.0/0"}).contains("203.0.113.9"));
}

TEST_CASE("what is no range is refused") {
  for (const auto* text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/8/8", "10.0.0/8",
        "010.0.0.0/8", "fd00::/129", "example.org", "10.0.0.1/8", "fd00::1/8", "fe80::1%eth0", "10.0.0.0 /8"}) {
    CAPTURE(text);
    CHECK_FALSE(is_range(text));
  }
  CHECK_FALSE(is_range(std::string_view{"10.0.0.1\0x", 10}));
}

TEST_CASE("nobody is believed whom the operator does not trust") {
  const header_list claims{{"x-forwarded-for", "203.0.113.9"}};
  CHECK(client_address("198.51.100.1", claims, proxies()) == "198.51.100.1");
  CHECK(client_address("10.0.0.1", claims, {}) == "10.0.0.1");
  CHECK(client_address("somewhere", claims, proxies()) == "somewhere");
}

TEST_CASE("a trusted proxy says whom it serves") {
  CHECK(behind({"203.0.113.9"}) == "203.0.113.9");
  CHECK(behind({"2001:db8::1"}) == "2001:db8::1");
  CHECK(client_address("::ffff:10.0.0.1", {{"x-forwarded-for", "203.0.113.9"}}, proxies()) == "203.0.113.9");
  CHECK(client_address("fd00::5", {{"x-forwarded-for", "203.0.113.9"}}, proxies()) == "203.0.113.9");
  CHECK(behind({}) == "10.0.0.1");
}

TEST_CASE("what a client wrote itself stands further left and is not believed") {
  CHECK(behind({"127.0.0.1, 203.0.113.9"}) == "203.0.113.9");
  CHECK(behind({"192.0.2.1, 10.0.0.9, 203.0.113.9, 10.0.0.3"}) == "203.0.113.9");
  CHECK(behind({"192.0.2.1", "203.0.113.9"}) == "203.0.113.9");
  CHECK(behind({"192.0.2.1, 203.0.113.9", "10.0.0.3, 10.0.0.2"}) == "203.0.113.9");
}

TEST_CASE("when all are trusted it is the one furthest away") { CHECK(behind({"10.0.0.7, 10.0.0.3"}) == "10.0.0.7"); }

TEST_CASE("what is no address ends it at the proxy that passed it on") {
  for (const auto* garbage :
       {"unknown", "_hidden", "203.0.113.9.", "203.0.113.256", "203.0.113.9:port", "203.0.113.9:65536",
        "203.0.113.9:", "[203.0.113.9]:80", "[2001:db8::1", "2001:db8::1]", "[2001:db8::1]80", "[2001:db8::1%eth0]:80",
        "\"203.0.113.9\"", "for=203.0.113.9", "203.0.113.9 198.51.100.1", "0x7f.1"}) {
    CAPTURE(garbage);
    CHECK(behind({garbage}) == "10.0.0.1");
    CHECK(behind({std::string{"198.51.100.1, "} + garbage + ", 10.0.0.3"}) == "10.0.0.3");
  }
  CHECK(behind({std::string{"203.0.113.9\0", 12}}) == "10.0.0.1");
}

TEST_CASE("the same client is the same text, however the proxy writes it") {
  for (const auto* written : {"203.0.113.9", "203.0.113.9:4711", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:4711",
                              "::FFFF:cb00:7109", "\t203.0.113.9 ", "203.0.113.9,", ", ,203.0.113.9, ,"}) {
    CAPTURE(written);
    CHECK(behind({written}) == "203.0.113.9");
  }
  for (const auto* written : {"2001:DB8:0:0::1", "[2001:db8::1]", "[2001:db8::1]:4711"}) {
    CAPTURE(written);
    CHECK(behind({written}) == "2001:db8::1");
  }
}

TEST_CASE("a list is followed so far and no further") {
  std::string hops = "203.0.113.9";
  for (int i = 0; i < 31; ++i) hops += ", 10.0.0.3";
  CHECK(behind({hops}) == "203.0.113.9");
  CHECK(behind({hops + ", 10.0.0.4"}) == "10.0.0.3");
  CHECK(behind({"203.0.113.9" + std::string(10'000, ',')}) == "10.0.0.1");
  CHECK(behind({std::string(10'000, '1')}) == "10.0.0.1");
}
