// Profiles over a corpus and seeded mutations of it, so that every run of the tests holds them.

#include "fuzzed.hpp"
#include "gateway/profiles/profile_set.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdlib>
#include <random>
#include <string>

namespace {

constexpr std::array<std::string_view, 8> messages{
    R"({"roomId":"abc","text":"h\u00e9","users":[{"id":1,"userId":"u"},{}],"reason":"kicked","muted":true})",
    R"([{"room":"a","allow":true,"userId":"u","offer":{"sdp":"v=0"}},"second",null])",
    R"(["bare text"])",
    R"([{"id":"m1","text":"x","createdAt":"t"},{"id":"m2"}])",
    R"({"email":"a@x.org","firstName":"A","basePrice":19.99,"status":"active"})",
    R"([[[[[[[[[[1]]]]]]]]]])",
    "{broken",
    "",
};

constexpr std::array<std::string_view, 3> profiles{
    R"({"profile": "p", "namespaces": ["/", "/m"],
"templates": {"t": {"a": "$.a", "b": {"$each": "$.users", "$to": {"...": "$item", "x": {"$first": ["$item.y", 1]}}}}},
"in": {"say": [{"event": "send-message", "if": {"$.room": {"present": true}}, "args": ["$0", {"$use": "t"}]}, null]},
"out": {"room-joined": [{"event": "x", "each": "$.users", "if": {"$item.id": {"not": ["$.roomId", 3]}}, "args": ["$item"]},
 {"event": "y", "namespace": "/m", "args": [{"$case": "$.reason", "$of": {"kicked": 1}, "$else": "$$"}]}]},
"no_echo": ["typing"]})",
    R"({"profile": "p", "acks": {"*": {"answer": [{"$join": ["$.roomId", "-"], "$with": "/"}], "refusal": {"event": "e", "args": ["$"]}}},
"rest": [{"from": "GET /x/:id", "to": "GET /y/:id/z", "query": {"q": "$query.limit", "n": {"$count": "$"}},
 "answer": {"data": "$", "$path.id": {"$over": ["$.basePrice", 7]}, "next": "$next"}, "refusal": "$.status"},
 {"from": "POST /x", "to": "PUT /y", "status": 201, "body": {"p": {"$times": ["$.basePrice", 100]}}}, {"from": "PUT /z", "answer": {"$each": "$", "$reversed": true, "$to": "$item"}}]})",
    R"({"profile": 7})",
};

/// Pieces that matter to the language, put where they do not belong.
constexpr std::array<std::string_view, 22> pieces{"\"",       "{",       "}",          "[",          "]",
                                                  ",",        ":",       "null",       "\n",         "$",
                                                  "$item.",   "\"$.a\"", "\"$each\":", "\"$use\":",  "\"t\"",
                                                  "\"...\":", "\"if\":", "\"args\":",  "\"event\":", "\"join-room\"",
                                                  "1e308",    "\xff"};

std::string mutated(std::string text, std::mt19937_64& random, std::size_t changes_max) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (auto changes = below(changes_max + 1); changes > 0; --changes) {
    const auto at = below(text.size() + 1);
    switch (below(4)) {
    case 0: text.insert(at, pieces[below(pieces.size())]); break;
    case 1: text.erase(at, below(12)); break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    default: text.insert(at, text.substr(below(text.size() + 1), below(60))); break;
    }
  }
  return text;
}

} // namespace

TEST_CASE("profiles keep their promises over the corpus") {
  for (const auto message : messages) {
    INFO(message);
    parley::fuzz::profiles(message);
    for (const auto profile : profiles) parley::fuzz::profiles(std::string{profile}.append("\n--\n").append(message));
    for (const auto text : parley::gateway::shipped_profile_texts())
      parley::fuzz::profiles(std::string{text}.append("\n--\n").append(message));
  }
  for (const auto profile : profiles)
    for (std::size_t cut = 0; cut <= profile.size(); ++cut)
      parley::fuzz::profiles(std::string{profile.substr(0, cut)}.append("\n--\n{}"));
  SUCCEED();
}

// What breaks a promise stops the process; Catch2 prints the seed then. PARLEY_FUZZ_SEED=<seed> runs that one alone.
TEST_CASE("profiles keep their promises over random mutations") {
  const char* only = std::getenv("PARLEY_FUZZ_SEED");
  const std::uint64_t first = only ? std::strtoull(only, nullptr, 10) : 1, last = only ? first : 100;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    INFO("seed " << seed << "; replay with PARLEY_FUZZ_SEED=" << seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 40; ++i) {
      const auto message = mutated(std::string{messages[random() % messages.size()]}, random, 3);
      const auto profile = mutated(std::string{profiles[random() % profiles.size()]}, random, 2);
      parley::fuzz::profiles(profile + "\n--\n" + message);
      parley::fuzz::profiles(message);
    }
  }
  SUCCEED();
}
