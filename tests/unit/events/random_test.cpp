#include "events/random.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace parley;

namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view without_look_alikes = "23456789abcdefghjkmnpqrstuvwxyz-";

bool is_id(const std::string& id, std::string_view prefix) {
  return id.starts_with(prefix) && id.size() == prefix.size() + 22 &&
         id.find_first_not_of(base62, prefix.size()) == id.npos;
}
bool is_code(const std::string& code) {
  return code.size() == 14 && code[4] == '-' && code[9] == '-' && std::count(code.begin(), code.end(), '-') == 2 &&
         code.find_first_not_of(without_look_alikes) == code.npos;
}

} // namespace

TEST_CASE("random ids and codes have their shape and do not repeat") {
  secure_random random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = random_id(random, "u_"), code = random_room_code(random);
    CHECK(is_id(id, "u_"));
    CHECK(is_code(code));
    CHECK(seen.insert(id).second);
    CHECK(seen.insert(code).second);
  }
}

TEST_CASE("derived ids have the same shapes, and the same seed gives the same id") {
  CHECK(is_id(derived_id("seed", "m_"), "m_"));
  CHECK(is_code(derived_room_code("seed")));
  CHECK(derived_id("seed", "m_") == derived_id("seed", "m_"));
  CHECK(derived_id("seed", "m_") != derived_id("seee", "m_"));
  CHECK(derived_room_code("seed") == derived_room_code("seed"));
  CHECK(derived_room_code("seed") != derived_room_code("seee"));
}
