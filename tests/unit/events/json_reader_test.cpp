#include "events/json_reader.hpp"

#include "tests/support/seeded.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using nlohmann::json;

namespace {

json_fault fault_of(std::string_view text, std::size_t depth_max = 8) {
  const auto read = read_json(text, depth_max);
  REQUIRE_FALSE(read);
  return read.error();
}

} // namespace

TEST_CASE("what is read is what nlohmann's own parser reads") {
  const auto text = GENERATE(values<std::string>({
      "0",
      "-0",
      "-1",
      "1.0",
      "-2.5e-3",
      "1e308",
      "9223372036854775807",
      "9223372036854775808",
      "18446744073709551615",
      "-9223372036854775808",
      "true",
      "null",
      "\"\"",
      R"("\u00e9\ud83d\ude00\n\"\\\/\u0000")",
      " [1, [], {}, \"x\", [[false]]] ",
      R"({"a":{"b":[1,2.5,-3,null]},"":"","c":"\u20ac"})",
      R"({"a":1,"a":{"later":"wins"}})",
      "\"caf\xc3\xa9\"",
  }));
  CAPTURE(text);
  const auto theirs = json::parse(text, nullptr, false);
  const auto ours = read_json(text, 8);
  REQUIRE(ours);
  CHECK(*ours == theirs);
  if (theirs.is_number() && text != "-0") CHECK(ours->type() == theirs.type());
}

TEST_CASE("what is no JSON text is refused") {
  const auto text = GENERATE(values<std::string>({"",
                                                  " ",
                                                  "{",
                                                  "[1,]",
                                                  "{\"a\":1,}",
                                                  "{'a':1}",
                                                  "nul",
                                                  "+1",
                                                  "NaN",
                                                  "\"\t\"",
                                                  "\"a",
                                                  "\"\\x\"",
                                                  "\"\\ud800\"",
                                                  "[1] 2",
                                                  "// 1",
                                                  std::string{"\"a\0b\"", 5},
                                                  "[",
                                                  std::string(100'000, '['),
                                                  std::string(100'000, '{'),
                                                  "]",
                                                  "{}}",
                                                  "\xef\xbb\xbf{}"}));
  CAPTURE(text);
  CHECK(fault_of(text) == json_fault::syntax);
}

TEST_CASE("a number that is none, or that nothing here holds, is refused as a number") {
  const auto text = GENERATE(
      values<std::string>({"01", "1.", "1e999", "18446744073709551616", R"({"amount":99999999999999999999})"}));
  CAPTURE(text);
  CHECK(fault_of(text) == json_fault::number);
}

TEST_CASE("what is not UTF-8 is refused") {
  const auto text = GENERATE(values<std::string>(
      {"\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "\"\xf4\x90\x80\x80\"", "{\"\xe2\x82\":1}"}));
  CHECK(fault_of(text) == json_fault::not_utf8);
}

TEST_CASE("depth counts arrays and objects, and nothing inside strings") {
  CHECK(read_json("[[]]", 2));
  CHECK(fault_of("[[]]", 1) == json_fault::too_deep);
  CHECK(fault_of(R"({"a":{"b":{}}})", 2) == json_fault::too_deep);
  CHECK(read_json("1", 0));
  CHECK(read_json(R"(["[[[[", "\"[[[["])", 1));
  CHECK(read_json("[" + std::string(999, '[') + std::string(999, ']') + "]", 1000));
  CHECK(fault_of(std::string(100'000, '[') + std::string(100'000, ']'), 1000) == json_fault::too_deep);
}

TEST_CASE("a long text after a short one, and the other way round") {
  const std::string body(1'000'000, 'x');
  CHECK(read_json("[1]", 8));
  CHECK(read_json("\"" + body + "\"", 8)->get_ref<const std::string&>().size() == body.size());
  CHECK(*read_json("[2]", 8) == json{2});
}

TEST_CASE("a text that is cut or bent anywhere is read as nlohmann's parser reads it, or refused as it does") {
  const std::string whole =
      R"({"event":"message","data":{"roomId":"r-1","n":[1,-2,3.5e2,true,null],"t":"\u00e9 \\ x"},"ack":12})";
  test::seeded random{7};
  for (int i = 0; i < 20'000; ++i) {
    auto text = whole;
    for (auto n = 1 + random.below(2); n > 0; --n)
      text[random.below(text.size())] = "{}[]\",:\\0123456789.eE+-truefalsn ux"[random.below(35)];
    if (random.one_in(3)) text.resize(random.below(text.size() + 1));
    CAPTURE(text);
    const auto theirs = json::parse(text, nullptr, false);
    const auto ours = read_json(text, 64);
    CHECK(ours.has_value() == !theirs.is_discarded());
    if (ours && !theirs.is_discarded()) CHECK(*ours == theirs);
  }
}
