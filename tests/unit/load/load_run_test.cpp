#include "fake_room_server.hpp"
#include "tools/parley-load/load_run.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::load;
using parley::load::testing::fake_room_server;
using parley::load::testing::fault;

namespace {

options short_run(fake_room_server const& server) {
  options o;
  o.port = server.port();
  o.room_size = 4;
  o.outstanding = 8;
  o.warmup = duration<double>{0};
  o.seconds = duration<double>{0.5};
  o.drain_max = duration<double>{2};
  return o;
}

run_report measure(fault f) {
  fake_room_server server{f};
  return load_run{short_run(server)}.run();
}

} // namespace

TEST_CASE("a correct server is measured without errors, each message at each member") {
  const auto report = measure(fault::none);
  INFO(as_text(report));
  CHECK(report.exit_code() == 0);
  CHECK(report.connected == 4);
  CHECK(report.outstanding_total == 8);
  CHECK(report.messages > 0);
  CHECK(report.deliveries >= report.messages * 4 - 8 * 4);
  CHECK(report.latency.count() == report.deliveries);
  CHECK(report.errors() == 0);
}

TEST_CASE("pings are answered while measuring") {
  fake_room_server server{fault::ping};
  const auto report = load_run{short_run(server)}.run();
  CHECK(report.exit_code() == 0);
  CHECK(server.pongs() > 0);
}

TEST_CASE("a fixed rate sends what was asked for and receives it at every member") {
  fake_room_server server{fault::none};
  auto o = short_run(server);
  o.mode = load_mode::fixed_rate;
  o.rate = 1000;
  const auto report = load_run{o}.run();
  CHECK(report.exit_code() == 0);
  CHECK(report.messages == 500);
  CHECK(report.deliveries == 4 * report.messages);
}

TEST_CASE("idle connections are opened, kept and measured") {
  fake_room_server server{fault::none};
  auto o = short_run(server);
  o.mode = load_mode::idle;
  o.idle = 20;
  o.server_pid = ::getpid();
  const auto report = load_run{o}.run();
  CHECK(report.exit_code() == 0);
  CHECK(report.connected == 20);
  REQUIRE(report.server);
  CHECK(report.server->resident_after > 0);
}

TEST_CASE("a message that one member does not get is an error") {
  const auto report = measure(fault::lose_one);
  INFO(as_text(report));
  CHECK(report.mismatches >= 1);
  CHECK(report.exit_code() == 1);
}

TEST_CASE("a message that one member gets twice is an error") {
  const auto report = measure(fault::repeat_one);
  INFO(as_text(report));
  CHECK(report.mismatches == 1);
  CHECK(report.exit_code() == 1);
}

TEST_CASE("two messages in another order at one member are an error") {
  const auto report = measure(fault::swap_two);
  INFO(as_text(report));
  CHECK(report.mismatches >= 1);
  CHECK(report.exit_code() == 1);
}

TEST_CASE("a refused message is told and stays missing") {
  const auto report = measure(fault::refuse_one);
  INFO(as_text(report));
  CHECK(report.refusals == 1);
  CHECK(report.missing >= 1);
  CHECK(report.exit_code() == 1);
  REQUIRE_FALSE(report.problems.empty());
}

TEST_CASE("a client that the server drops is told, and the others go on") {
  const auto report = measure(fault::drop_client);
  INFO(as_text(report));
  CHECK(report.disconnects == 1);
  CHECK(report.mismatches == 0);
  CHECK(report.messages > 20);
  CHECK(report.exit_code() == 1);
}

TEST_CASE("a refused upgrade ends the run with the server's status line") {
  const auto report = measure(fault::refuse_upgrade);
  INFO(as_text(report));
  CHECK(report.exit_code() == 3);
  REQUIRE_FALSE(report.problems.empty());
  CHECK(report.problems.front().find("429 Too Many Requests") != std::string::npos);
}

TEST_CASE("a server that never answers a join does not hold the run forever") {
  fake_room_server server{fault::never_join};
  auto o = short_run(server);
  o.connect_timeout = duration<double>{0.3};
  const auto report = load_run{o}.run();
  CHECK(report.exit_code() == 3);
}

TEST_CASE("nobody listening ends the run at once") {
  std::uint16_t port = 0;
  { port = fake_room_server{fault::none}.port(); }
  options o;
  o.port = port;
  CHECK(load_run{o}.run().exit_code() == 3);
}

TEST_CASE("both reports tell what was measured") {
  const auto report = measure(fault::none);
  INFO(as_text(report));
  const auto json = nlohmann::json::parse(as_json(report), nullptr, false);
  REQUIRE(json.is_object());
  CHECK(json["outcome"] == "measured");
  CHECK(json["deliveries"] == report.deliveries);
  CHECK(json["errors"]["total"] == 0);
  CHECK(as_text(report).find("deliveries/s") != std::string::npos);
}
