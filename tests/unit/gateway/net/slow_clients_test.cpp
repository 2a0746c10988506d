#include "echo_server.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;
using nlohmann::json;
using std::chrono::milliseconds;

TEST_CASE("a client that answers pings stays, one that does not is lost") {
  net_limits limits;
  limits.sweep_interval = milliseconds{32};
  limits.ping_interval = milliseconds{60};
  limits.pong_timeout = milliseconds{150};
  echo_server server{limits};
  raw_client living{server.port()};
  living.upgrade();
  for (int i = 0; i < 5; ++i) {
    const auto ping = living.read_frame();
    REQUIRE(ping.opcode == 0x9);
    living.send(raw_client::masked_frame(0xA, "not the ping's"));
    living.send(raw_client::masked_frame(0xA, ping.payload));
  }
  REQUIRE(server.wait_until([](const sightings& s) { return s.ponged == 5; }));
  CHECK(server.seen().closed.empty());
  // From here on it answers nothing.
  CHECK(living.is_closed_by_server());
  REQUIRE(server.wait_until([](const sightings& s) { return s.closed.size() == 1; }));
  CHECK(server.seen().closed[0] == goodbye::lost);
  CHECK(server.seen().ponged == 5);
}

TEST_CASE("a reader that never reads is bounded and cut, while another is served") {
  net_limits limits;
  limits.sweep_interval = milliseconds{32};
  limits.queue_bytes_max = 64 * 1024;
  limits.stall_timeout = milliseconds{300};
  echo_server server{limits};
  raw_client stuck{server.port(), 4096}, brisk{server.port()};
  stuck.upgrade();
  brisk.upgrade();
  stuck.send_text(R"({"event":"blast","data":{"frames":80,"bytes":100000}})");
  for (int i = 0; i < 50; ++i) {
    brisk.send_text(json{{"event", "echo"}, {"data", {{"n", i}}}, {"ack", i}}.dump());
    CHECK(json::parse(brisk.read_message().payload)["ack"] == i);
  }
  REQUIRE(server.wait_until([](const sightings& s) { return s.closed.size() == 1; }));
  CHECK(server.seen().closed[0] == goodbye::lost);
  CHECK(server.net().count().cut == 1);
  brisk.send_text(R"({"event":"echo","ack":1})");
  CHECK(json::parse(brisk.read_message().payload)["ack"] == 1);
}

TEST_CASE("a stalled reader of a moderate queue is cut after the stall timeout") {
  net_limits limits;
  limits.sweep_interval = milliseconds{32};
  limits.stall_timeout = milliseconds{200};
  limits.queue_bytes_max = 4 * 1024 * 1024;
  echo_server server{limits};
  raw_client stuck{server.port(), 4096};
  stuck.upgrade();
  stuck.send_text(R"({"event":"blast","data":{"frames":80,"bytes":100000}})");
  REQUIRE(server.wait_until([](const sightings& s) { return s.closed.size() == 1; }));
  CHECK(server.net().count().cut == 1);
}

TEST_CASE("a slow reader gets everything, and the session is told once its queue has room again") {
  net_limits limits;
  limits.queue_bytes_max = 1024 * 1024;
  echo_server server{limits};
  raw_client slow{server.port(), 4096};
  slow.upgrade();
  slow.send_text(R"({"event":"blast","data":{"frames":70,"bytes":100000},"ack":5})");
  REQUIRE(server.wait_until([](const sightings& s) { return s.queued_max > 6'000'000; }));
  CHECK(server.seen().drained == 0);
  for (int i = 0; i < 70; ++i) REQUIRE(slow.read_message().payload.size() == 100'000);
  CHECK(json::parse(slow.read_message().payload)["ack"] == 5);
  CHECK(server.wait_until([](const sightings& s) { return s.drained == 1; }));
}

TEST_CASE("who sends without reading the answers is read no further") {
  net_limits limits;
  limits.queue_bytes_max = 64 * 1024;
  limits.messages_per_session = {0, 0};
  echo_server server{limits};
  raw_client client{server.port(), 4096};
  client.upgrade();
  const auto message = raw_client::masked_frame(
      0x1, json{{"event", "echo"}, {"data", {{"text", std::string(50'000, 'x')}}}, {"ack", 1}}.dump());
  // The server stops reading, so that the client's own socket fills up: a send that takes nothing, twice in a row with
  // nothing received meanwhile.
  std::size_t sent = 0, messages = 0;
  std::string_view rest;
  const auto stops = [&] {
    const auto before = server.seen().received;
    for (int i = 0; i < 1000; ++i) {
      if (rest.empty()) {
        rest = message;
        ++messages;
      }
      const auto n = client.send_some(rest);
      sent += n;
      rest.remove_prefix(n);
      if (n == 0) break;
    }
    raw_client other{server.port()};
    other.upgrade();
    other.send_text(R"({"event":"echo","ack":1})");
    static_cast<void>(other.read_message());
    return server.seen().received == before + 1 && client.send_some(rest) == 0;
  };
  CHECK(server.eventually(stops));
  CHECK(sent < 64U * 1024 * 1024);
  // Once it reads, everything is answered.
  for (std::size_t i = 0; i + 1 < messages; ++i) REQUIRE(json::parse(client.read_message().payload)["ack"] == 1);
  client.send(rest);
  REQUIRE(json::parse(client.read_message().payload)["ack"] == 1);
}

TEST_CASE("who pings without reading the pongs is read no further, and gets them all when it reads") {
  net_limits limits;
  limits.queue_bytes_max = 4 * 1024;
  limits.messages_per_session = {0, 0};
  echo_server server{limits};
  raw_client client{server.port(), 4096};
  client.upgrade();
  const auto ping = raw_client::masked_frame(0x9, std::string(125, 'p'));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += ping;
  std::size_t sent = 0, refused = 0;
  while (refused < 1000) {
    const auto n = client.send_some(std::string_view{many}.substr(sent % many.size()));
    sent += n;
    if (n > 0) {
      refused = 0;
      continue;
    }
    ++refused;
    raw_client other{server.port()};
    other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    static_cast<void>(other.read_answer());
    if (refused > 20) break;
  }
  CHECK(refused > 20);
  const auto whole = sent / ping.size();
  for (std::size_t i = 0; i < whole; ++i) REQUIRE(client.read_frame().opcode == 0xA);
}
