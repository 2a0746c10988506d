// Behind a proxy that is trusted, limits and handlers see the client and not the proxy.

#include "echo_server.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;

namespace {

address_ranges this_machine() {
  address_ranges ranges;
  REQUIRE(ranges.add("127.0.0.0/8"));
  return ranges;
}

http_answer ask_for(raw_client& proxy, const std::string& client) {
  proxy.send("GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: " + client + "\r\n\r\n");
  return proxy.read_answer();
}

std::string forwarded(const std::string& client) { return "X-Forwarded-For: " + client + "\r\n"; }

} // namespace

TEST_CASE("a handler sees whom a trusted proxy serves, request by request") {
  echo_server server{{}, 1, this_machine()};
  raw_client proxy{server.port()};
  CHECK(ask_for(proxy, "203.0.113.1").body.find(R"("address":"203.0.113.1")") != std::string::npos);
  CHECK(ask_for(proxy, "10.0.0.1, 203.0.113.2").body.find(R"("address":"203.0.113.2")") != std::string::npos);
  CHECK(ask_for(proxy, "nonsense").body.find(R"("address":"127.0.0.1")") != std::string::npos);
}

TEST_CASE("without a trusted proxy nobody chooses their address") {
  echo_server server;
  raw_client client{server.port()};
  CHECK(ask_for(client, "203.0.113.1").body.find(R"("address":"127.0.0.1")") != std::string::npos);
  client.upgrade("/ws", forwarded("203.0.113.1"));
  REQUIRE(server.wait_until([](const auto& s) { return s.opened == 1; }));
  CHECK(server.seen().greetings.at(0).address == "127.0.0.1");
}

TEST_CASE("each client of a proxy has a rate of its own, and no other by writing more into the header") {
  net_limits limits;
  limits.requests_per_address = {0.001, 2};
  echo_server server{limits, 1, this_machine()};
  raw_client proxy{server.port()};
  CHECK(ask_for(proxy, "203.0.113.1").status == 200);
  CHECK(ask_for(proxy, "198.51.100.1, 203.0.113.1").status == 200);
  CHECK(ask_for(proxy, "198.51.100.2, 203.0.113.1").status == 429);
  CHECK(ask_for(proxy, "203.0.113.2").status == 200);
}

TEST_CASE("a WebSocket through a proxy counts as its client's connection, a proxy's own connections do not") {
  net_limits limits;
  limits.connections_per_address_max = 1;
  limits.connects_per_address = {0.001, 3};
  echo_server server{limits, 1, this_machine()};
  raw_client first{server.port()}, second{server.port()}, third{server.port()}, fourth{server.port()};
  first.upgrade("/ws", forwarded("203.0.113.1"));
  CHECK_THROWS(second.upgrade("/ws", forwarded("203.0.113.1")));
  third.upgrade("/ws", forwarded("203.0.113.2"));
  REQUIRE(server.wait_until([](const auto& s) { return s.opened == 2; }));
  CHECK(server.seen().greetings.at(0).address == "203.0.113.1");
  first.close();
  REQUIRE(server.wait_until([](const auto& s) { return s.closed.size() == 1; }));
  fourth.upgrade("/ws", forwarded("203.0.113.1"));
}

TEST_CASE("a WebSocket through a proxy is one connection, not two, also when no more have room") {
  net_limits limits;
  limits.connections_max = 1;
  echo_server server{limits, 1, this_machine()};
  raw_client only{server.port()};
  only.upgrade("/ws", forwarded("203.0.113.1"));
  CHECK(server.wait_until([](const auto& s) { return s.opened == 1; }));
}
