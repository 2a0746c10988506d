#include "tools/parley-load/options.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <iostream>
#include <sstream>
#include <vector>

using namespace parley::load;

namespace {

std::variant<options, int> read(std::vector<const char*> words) {
  words.insert(words.begin(), "parley-load");
  return read_options(static_cast<int>(words.size()), words.data());
}
bool refused(std::vector<const char*> words) {
  const auto result = read(std::move(words));
  return std::holds_alternative<int>(result) && std::get<int>(result) == 2;
}

} // namespace

TEST_CASE("the mode follows from what is asked for") {
  CHECK(std::get<options>(read({})).mode == load_mode::closed_loop);
  CHECK(std::get<options>(read({"--rate", "300"})).mode == load_mode::fixed_rate);
  const auto idle = std::get<options>(read({"--idle", "10000"}));
  CHECK(idle.mode == load_mode::idle);
  CHECK(idle.clients() == 10'000);
}

TEST_CASE("the protocol is Parley's own unless another is named") {
  CHECK(std::get<options>(read({})).speaks == protocol::native);
  CHECK(std::get<options>(read({"--protocol", "native"})).speaks == protocol::native);
  CHECK(std::get<options>(read({"--protocol", "socketio"})).speaks == protocol::socketio);
  CHECK(std::get<options>(read({"--protocol", "peer"})).speaks == protocol::peer);
  CHECK(refused({"--protocol", "socket.io"}));
}

TEST_CASE("a target that is not this machine needs to be meant") {
  CHECK(refused({"--host", "192.0.2.1"}));
  CHECK(refused({"--host", "example.org"}));
  CHECK(std::holds_alternative<options>(read({"--host", "192.0.2.1", "--allow-remote"})));
  CHECK(std::holds_alternative<options>(read({"--host", "127.0.0.2"})));
}

TEST_CASE("what cannot be run is refused") {
  CHECK(refused({"--rate", "300", "--idle", "10"}));
  CHECK(refused({"--rooms", "1000", "--room-size", "1000"}));
  CHECK(refused({"--rooms", "64", "--outstanding", "63", "--outstanding-per", "run"}));
  CHECK(refused({"--text-bytes", "10"}));
  CHECK(refused({"--seconds", "0"}));
  CHECK(refused({"--nonsense"}));
}

TEST_CASE("help tells the defaults") {
  std::ostringstream shown;
  auto* const terminal = std::cout.rdbuf(shown.rdbuf());
  const auto result = read({"--help"});
  std::cout.rdbuf(terminal);
  CHECK(std::get<int>(result) == 0);
  using Catch::Matchers::ContainsSubstring;
  CHECK_THAT(shown.str(), ContainsSubstring("server port [8080]"));
  CHECK_THAT(shown.str(), ContainsSubstring("seconds measured [10]"));
  CHECK_THAT(shown.str(), ContainsSubstring("room or run [room]"));
  CHECK_THAT(shown.str(), ContainsSubstring("idle connections\n"));
}

TEST_CASE("times are taken as they are given") {
  const auto o = std::get<options>(read({"--seconds", "0.5", "--warmup", "0", "--connect-timeout", "3"}));
  CHECK(o.seconds == duration<double>{0.5});
  CHECK(o.warmup == duration<double>{0});
  CHECK(o.connect_timeout == duration<double>{3});
  CHECK(o.drain_max == duration<double>{5});
}
