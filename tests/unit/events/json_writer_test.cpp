#include "events/json_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <nlohmann/json.hpp>

using namespace parley;

namespace {
std::string json_string(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}
} // namespace

TEST_CASE("objects and arrays nest with commas only between members") {
  std::string out;
  json_writer w{out};
  w.begin_object().field("a", 1).key("b").begin_array().value(true).null().begin_object().end_object().end_array();
  w.key("c").raw(R"({"x":[]})").field("d", "text").key("e").begin_array().end_array().end_object();
  CHECK(out == R"({"a":1,"b":[true,null,{}],"c":{"x":[]},"d":"text","e":[]})");
}

TEST_CASE("numbers are written whole at their limits") {
  std::string out;
  json_writer w{out};
  w.begin_array().value(std::numeric_limits<std::int64_t>::min()).value(std::numeric_limits<std::uint64_t>::max());
  w.value(std::uint8_t{7}).end_array();
  CHECK(out == "[-9223372036854775808,18446744073709551615,7]");
}

TEST_CASE("strings escape quotes, backslashes and controls, and nothing else") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("a\"b\\c\n\t\r\b\f/") == R"("a\"b\\c\n\t\r\b\f/")");
  CHECK(json_string(std::string_view{"\0\x1f\x7f", 3}) == "\"\\u0000\\u001f\x7f\"");
  CHECK(json_string("Zoë 李 😀") == "\"Zoë 李 😀\"");
  for (int c = 1; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    CHECK(nlohmann::json::parse(json_string(text)).get<std::string>() == text);
  }
}

TEST_CASE("well-formed UTF-8 is told from what only looks like it") {
  for (const auto* good : {"", "ascii", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(good));
  CHECK(is_utf8(std::string_view{"\0", 1}));
  for (const auto* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE0\xA0",
                          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80", "\xFE", "\xFF", "ok\xE2\x82"}) {
    INFO(json_string(bad));
    CHECK_FALSE(is_utf8(bad));
  }
}
