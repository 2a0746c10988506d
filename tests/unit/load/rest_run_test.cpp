#include "fake_rest_server.hpp"
#include "tools/parley-load/rest_run.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::load;
using parley::load::testing::fake_rest_server;
using parley::load::testing::rest_fault;

namespace {

rest_report measure(std::uint16_t port) {
  rest_options o;
  o.port = port;
  o.load = rest_load::reads;
  o.in_flight = 4;
  o.warmup = duration<double>{0};
  o.seconds = duration<double>{0.3};
  o.drain_max = duration<double>{0.3};
  o.connect_timeout = duration<double>{5};
  rest_cast cast;
  cast.clients = {{"u_1", "token"}};
  cast.targets = {"/a"};
  const auto reads = make_scenario(o, cast, 1, {});
  return rest_run{o, *reads}.run();
}

rest_report measure(rest_fault f) {
  fake_rest_server server{f};
  return measure(server.port());
}

} // namespace

TEST_CASE("a correct server is measured over REST without errors") {
  const auto report = measure(rest_fault::none);
  INFO(as_text(report));
  CHECK(report.exit_code() == 0);
  REQUIRE(report.kinds.size() == 1);
  CHECK(report.kinds[0].latency.count() > 20);
  CHECK(report.latency.count() == report.kinds[0].latency.count());
}

TEST_CASE("a wrong answer is an error that is told, and the others go on") {
  const auto report = measure(rest_fault::fail_one);
  INFO(as_text(report));
  CHECK(report.exit_code() == 1);
  CHECK(report.wrong == 1);
  CHECK(report.problems == std::vector<std::string>{"500 sigh"});
  CHECK(report.latency.count() > 20);
}

TEST_CASE("a request that is never answered is missing") {
  const auto report = measure(rest_fault::forget_one);
  CHECK(report.exit_code() == 1);
  CHECK(report.missing == 1);
  CHECK(report.disconnects == 0);
}

TEST_CASE("a connection that the server closes is told, with what was under way") {
  const auto cut = measure(rest_fault::cut_one);
  CHECK(cut.exit_code() == 1);
  CHECK(cut.disconnects == 1);
  CHECK(cut.missing == 1);
  const auto closing = measure(rest_fault::say_close);
  CHECK(closing.disconnects == 1);
  CHECK(closing.missing == 0);
  CHECK(measure(rest_fault::talk_nonsense).disconnects == 1);
}

TEST_CASE("nobody listening ends a run over REST at once") {
  std::uint16_t port = 0;
  { port = fake_rest_server{rest_fault::none}.port(); }
  const auto report = measure(port);
  CHECK(report.exit_code() == 3);
  CHECK_FALSE(report.problems.empty());
}

TEST_CASE("both reports over REST tell what was measured") {
  const auto report = measure(rest_fault::none);
  const auto json = nlohmann::json::parse(as_json(report), nullptr, false);
  REQUIRE(json.is_object());
  CHECK(json["outcome"] == "measured");
  CHECK(json["answers"]["answered"]["count"] == report.latency.count());
  CHECK(json["errors"]["total"] == 0);
  CHECK(as_text(report).find("answered") != std::string::npos);
}
