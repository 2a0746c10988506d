#include "tools/parley-load/rest_options.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace parley::load;

namespace {

std::variant<rest_options, int> read(std::vector<const char*> words) {
  words.insert(words.begin(), "parley-rest-load");
  return read_rest_options(static_cast<int>(words.size()), words.data());
}
bool refused(std::vector<const char*> words) {
  const auto result = read(std::move(words));
  return std::holds_alternative<int>(result) && std::get<int>(result) == 2;
}

} // namespace

TEST_CASE("a load over REST needs to be named, and a cast for it") {
  const auto o = std::get<rest_options>(read({"--load", "deposits", "--cast", "/dev/null"}));
  CHECK(o.load == rest_load::deposits);
  CHECK(name(o.load) == "deposits");
  CHECK(refused({"--cast", "/dev/null"}));
  CHECK(refused({"--load", "deposits"}));
  CHECK(refused({"--load", "nonsense", "--cast", "/dev/null"}));
  CHECK(refused({"--load", "deposits", "--cast", "/nowhere"}));
}

TEST_CASE("a load over REST stays on this machine and within bounds") {
  CHECK(refused({"--load", "reads", "--cast", "/dev/null", "--host", "192.0.2.1"}));
  CHECK(refused({"--load", "reads", "--cast", "/dev/null", "--in-flight", "0"}));
  CHECK(refused({"--load", "reads", "--cast", "/dev/null", "--slots", "0"}));
  CHECK(refused({"--load", "reads", "--cast", "/dev/null", "--seconds", "0"}));
}
