#include "gateway/net/recent_keys.hpp"

#include <catch2/catch_test_macros.hpp>

using parley::gateway::recent_keys;

TEST_CASE("only so many keys are remembered, and seeing one again keeps it") {
  recent_keys keys{2};
  CHECK(!keys.contains("a"));
  keys.add("a");
  keys.add("b");
  keys.add("a");
  keys.add("c");
  CHECK(keys.contains("a"));
  CHECK(!keys.contains("b"));
  CHECK(keys.contains("c"));
}
