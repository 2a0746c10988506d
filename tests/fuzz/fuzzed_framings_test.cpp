// The framings' codecs over a corpus and seeded mutations of it, so that every run of the tests holds them.

#include "fuzzed.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdlib>
#include <random>
#include <string>

namespace {

constexpr std::array<std::string_view, 18> corpus{
    R"(42["send-message",{"roomId":"abc","text":"h\u00e9"}])",
    R"(2/chat,17["join-room","abc",null])",
    "2[\"e\",{\"_placeholder\":true,\"num\":0}]",
    "51-[\"e\",{\"_placeholder\":true,\"num\":0}]\n\1\2\3",
    "52-/x,3[\"e\",[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]]\na\nb",
    R"(0/custom?x=1,{"token":"t","pid":"s.r","offset":"room/a:1"})",
    "0/custom",
    "1/x,",
    "37[]",
    R"(4{"message":"m"})",
    "40\x1e"
    "42[\"a\"]\x1e"
    "bAQIDBA==",
    "2probe",
    "b",
    R"({"type":"OFFER","dst":"bob","payload":{"sdp":{"type":"offer"},"connectionId":"mc_1"}})",
    R"({"type":"HEARTBEAT"})",
    R"({"type":"LEAVE","dst":null})",
    "room/a:1\ninbox/u_2:17",
    "[[[[[[[[[[[[[[[[[[[[",
};

/// Pieces that matter to the protocols, put where they do not belong.
constexpr std::array<std::string_view, 16> pieces{
    "\x1e",        "\n", "b", "-", ",", "/", "?",   "{\"_placeholder\":true,\"num\":0}", "18446744073709551616",
    "\"connect\"", "[",  "]", "{", "}", "0", "\xff"};

std::string mutated(std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::string text{corpus[below(corpus.size())]};
  for (auto changes = 1 + below(4); changes > 0; --changes) {
    const auto at = below(text.size() + 1);
    switch (below(5)) {
    case 0: text.insert(at, pieces[below(pieces.size())]); break;
    case 1: text.erase(at, below(8)); break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 3: text.insert(at, text.substr(below(text.size() + 1), below(40))); break;
    default: text.append(corpus[below(corpus.size())]); break;
    }
  }
  return text;
}

} // namespace

TEST_CASE("the framings' codecs keep their promises over the corpus") {
  for (const auto text : corpus)
    for (std::size_t cut = 0; cut <= text.size(); ++cut) parley::fuzz::framings(text.substr(0, cut));
  SUCCEED();
}

// What breaks a promise stops the process; Catch2 prints the seed then. PARLEY_FUZZ_SEED=<seed> runs that one alone.
TEST_CASE("the framings' codecs keep their promises over random mutations") {
  std::uint64_t first = 1, last = 20'000;
  if (const auto* one = std::getenv("PARLEY_FUZZ_SEED")) first = last = std::stoull(one);
  for (auto seed = first; seed <= last; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    parley::fuzz::framings(mutated(random));
  }
  SUCCEED();
}
