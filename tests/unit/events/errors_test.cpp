#include "events/errors.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>
#include <sstream>

using namespace parley;

namespace {
constexpr auto codes = static_cast<std::size_t>(errc::corrupt) + 1;
}

TEST_CASE("every error has a code of its own, a title and a status of 4xx or 5xx") {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < codes; ++i) {
    const auto& info = describe(static_cast<errc>(i));
    INFO(info.code);
    CHECK(seen.insert(info.code).second);
    CHECK(info.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == info.code.npos);
    CHECK((info.status >= 400 && info.status <= 599));
    CHECK_FALSE(info.title.empty());
  }
}

TEST_CASE("describe matches the enumeration") {
  CHECK(describe(errc::malformed).code == "malformed");
  CHECK(describe(errc::room_full).code == "room_full");
  CHECK(describe(errc::room_full).status == 409);
  CHECK(describe(errc::rate_limited).code == "rate_limited");
  CHECK(describe(errc::log_unavailable).code == "log_unavailable");
  CHECK(describe(errc::corrupt).code == "corrupt");
}

TEST_CASE("schema/errors.md lists every code with its status, and no other") {
  std::ifstream in{PARLEY_SCHEMA_DIR "/errors.md"};
  REQUIRE(in.good());
  std::set<std::string> listed, expected;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("| `")) listed.insert(line.substr(0, line.find('|', line.find('|', 1) + 1) + 1));
  for (std::size_t i = 0; i < codes; ++i) {
    const auto& info = describe(static_cast<errc>(i));
    expected.insert("| `" + std::string{info.code} + "` | " + std::to_string(info.status) + " |");
  }
  CHECK(listed == expected);
}

TEST_CASE("the text of an error is its message, else its title") {
  CHECK(text_of({errc::room_full, "No chair left", 0}) == "No chair left");
  CHECK(text_of({errc::room_full, {}, 0}) == describe(errc::room_full).title);
}
