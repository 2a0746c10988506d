// The fuzzed functions over a corpus and seeded mutations of it, so that every run of the tests holds them.

#include "fuzzed.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdlib>
#include <random>
#include <string>

namespace {

constexpr std::array<std::string_view, 22> corpus{
    R"({"event":"join-room","data":{"roomId":"AbC","name":"Ada","after":3},"ack":1})",
    R"({"event":"join-room","data":"abc","auth":{"token":"t","session":"s","resume":"r"}})",
    R"({"event":"leave-room"})",
    R"({"event":"send-message","data":{"id":"c1","roomId":"abc","text":"h\u00e9 \ud83d\ude00","timestamp":1.5},"ack":2})",
    R"({"event":"send-message","data":["abc",{"message":"hi","replyTo":{"id":1,"text":"q","sender":"Bob"}}]})",
    R"({"event":"send-message","data":["abc","hi"]})",
    R"({"event":"typing","data":{"roomId":"abc","isTyping":true}})",
    R"({"event":"typing","data":["abc",false]})",
    R"({"event":"typing","data":true})",
    R"({"event":"offer","data":{"to":"s_1","roomId":"abc","offer":{"type":"offer","sdp":"v=0\r\n"}},"ack":3})",
    R"({"event":"answer","data":["abc",{"type":"answer","sdp":"v=0"}]})",
    R"({"event":"ice-candidate","data":{"roomId":"abc","candidate":"c","sdpMid":"0","sdpMLineIndex":0}})",
    R"({"event":"ice-candidate","data":{"targetId":7,"candidate":null}})",
    R"({"event":"join-lounge","data":{"loungeId":"L1","after":0}})",
    R"({"event":"leave-lounge","data":"L1"})",
    R"({"event":"message","data":{"loungeId":"L1","message":"hi"}})",
    R"({"event":"message","data":{"receiverId":"u_2","content":"hi"}})",
    R"({"event":"message","data":"hi"})",
    R"({"event":"nobody-knows","data":[[[[[]]]]],"ack":18446744073709551615})",
    R"({"event":7,"data":-1e400,"ack":-1})",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"event\":\"\xf0\x9f\x98\x80\xff\"}",
};

/// Pieces that matter to JSON, UTF-8 or the dispatcher, put where they do not belong.
constexpr std::array<std::string_view, 20> pieces{
    "\"",   "\\",           "{",           "}",       "[",         "]",       ",",
    ":",    "null",         "true",        "-1",      "1e308",     "\\u0000", "\\ud800",
    "\x80", "\xed\xa0\x80", "\"roomId\":", "\"to\":", "\"data\":", "/"};

std::string mutated(std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::string text{corpus[below(corpus.size())]};
  for (auto changes = 1 + below(4); changes > 0; --changes) {
    const auto at = below(text.size() + 1);
    switch (below(6)) {
    case 0: text.insert(at, pieces[below(pieces.size())]); break;
    case 1: text.erase(at, below(8)); break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 3: text.insert(at, std::string_view{text}.substr(below(text.size() + 1), below(40))); break;
    case 4: {
      const auto other = corpus[below(corpus.size())];
      text.replace(at, std::string::npos, other.substr(below(other.size())));
      break;
    }
    default: text.insert(at, std::string(below(300), "[{x\"0"[below(5)])); break;
    }
  }
  return text;
}

void run_all(std::string_view text) {
  parley::fuzz::native_codec(text);
  parley::fuzz::vocabulary(text);
}

} // namespace

TEST_CASE("codec and dispatcher keep their promises over the corpus") {
  for (const auto text : corpus) {
    INFO(text);
    run_all(text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) run_all(text.substr(0, cut));
  }
  SUCCEED();
}

// What breaks a promise stops the process; Catch2 prints the seed then. PARLEY_FUZZ_SEED=<seed> runs that one alone.
TEST_CASE("codec and dispatcher keep their promises over random mutations") {
  const char* only = std::getenv("PARLEY_FUZZ_SEED");
  const std::uint64_t first = only ? std::strtoull(only, nullptr, 10) : 1, last = only ? first : 200;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    INFO("seed " << seed << "; replay with PARLEY_FUZZ_SEED=" << seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 250; ++i) run_all(mutated(random));
  }
  SUCCEED();
}
