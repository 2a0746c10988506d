#include "gateway/protocol/native_codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::gateway;

namespace {

const native_codec codec_here{{.aliases = true, .depth_max = 8, .frame_bytes_max = 4096}};

std::string nested(std::size_t levels) {
  return R"({"event":"e","data":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
}

} // namespace

TEST_CASE("a frame is an event with data, ack and auth, each but the event optional") {
  const auto full = codec_here.parse(R"( {"event":"send-message","data":{"text":"hi"},"ack":7,"auth":{"token":"t"}} )");
  REQUIRE(full);
  CHECK(full->event == "send-message");
  CHECK(full->args == nlohmann::json::parse(R"([{"text":"hi"}])"));
  CHECK(full->ack == 7);
  CHECK(full->auth["token"] == "t");
  const auto bare = codec_here.parse(R"({"event":"leave-room"})");
  REQUIRE(bare);
  CHECK(bare->args.is_array());
  CHECK(bare->args.empty());
  CHECK_FALSE(bare->ack);
  CHECK(bare->auth.is_null());
}

TEST_CASE("data may be any JSON value and unknown members are ignored") {
  CHECK(codec_here.parse(R"({"event":"e","data":"bare id","more":[1]})")->args[0] == "bare id");
  CHECK(codec_here.parse(R"({"event":"e","data":null})")->args[0].is_null());
  CHECK(codec_here.parse(R"({"event":"e","data":[1,2]})")->args[0].size() == 2);
}

TEST_CASE("null stands for no ack and no auth, and an ack may be any unsigned integer") {
  const auto none = codec_here.parse(R"({"event":"e","ack":null,"auth":null})");
  REQUIRE(none);
  CHECK_FALSE(none->ack);
  CHECK(codec_here.parse(R"({"event":"e","ack":0})")->ack == 0u);
  CHECK(codec_here.parse(R"({"event":"e","ack":18446744073709551615})")->ack == UINT64_MAX);
}

TEST_CASE("what is not a message is refused with a sentence that says why") {
  struct bad {
    std::string frame;
    std::string_view says;
  };
  const auto b = GENERATE(values<bad>({
      {"", "one JSON object"},
      {"   ", "one JSON object"},
      {"{", "one JSON object"},
      {R"({"event":"e"} x)", "one JSON object"},
      {R"({"event":"e"}{"event":"e"})", "one JSON object"},
      {R"({"event":"e",})", "one JSON object"},
      {R"({'event':'e'})", "one JSON object"},
      {R"({"event":"\ud800"})", "one JSON object"},
      {R"({"event":"e","data":1e999})", "one JSON object"},
      {R"({"event":"e","data":NaN})", "one JSON object"},
      {std::string{"{\"event\":\"e\",\"data\":\"a\0b\"}", 25}, "one JSON object"},
      {"{\"event\":\"\xff\"}", "UTF-8"},
      {"{\"event\":\"\xed\xa0\x80\"}", "UTF-8"},
      {"{\"event\":\"\xc0\xaf\"}", "UTF-8"},
      {"[]", "must be a JSON object"},
      {"null", "must be a JSON object"},
      {"\"event\"", "must be a JSON object"},
      {"{}", "needs an \"event\""},
      {R"({"data":{}})", "needs an \"event\""},
      {R"({"event":null})", "must be a string"},
      {R"({"event":7})", "must be a string"},
      {R"({"event":["e"]})", "must be a string"},
      {R"({"event":""})", "1 to 64 bytes"},
      {R"({"event":")" + std::string(65, 'e') + "\"}", "1 to 64 bytes"},
      {R"({"event":"e","ack":-1})", "\"ack\""},
      {R"({"event":"e","ack":1.5})", "\"ack\""},
      {R"({"event":"e","ack":"1"})", "\"ack\""},
      {R"({"event":"e","ack":18446744073709551616})", "one JSON object"},
      {R"({"event":"e","auth":"token"})", "\"auth\""},
      {R"({"event":"e","auth":[]})", "\"auth\""},
      {nested(8), "nest at most 8"},
      {std::string(2000, '[') + std::string(2000, ']'), "nest at most 8"},
      {std::string(4000, '['), "one JSON object"},
      {std::string(4000, '{'), "one JSON object"},
  }));
  CAPTURE(b.frame);
  const auto parsed = codec_here.parse(b.frame);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == errc::malformed);
  CHECK(parsed.error().message.find(b.says) != std::string::npos);
}

TEST_CASE("a frame beyond the bound is too large before anything else is looked at") {
  const auto parsed = codec_here.parse(std::string(4097, '\xff'));
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == errc::too_large);
  CHECK(codec_here.parse(R"({"event":"e","data":")" + std::string(4096 - 23, 'x') + "\"}"));
}

TEST_CASE("a frame may nest as deep as the bound says") { CHECK(codec_here.parse(nested(7))); }

TEST_CASE("what we say is one JSON object each") {
  std::string out;
  SECTION("a push") {
    codec_here.write_push(out, "typing", R"({"a":1})");
    CHECK(out == R"({"event":"typing","data":{"a":1}})");
  }
  SECTION("an answer") {
    codec_here.write_ack(out, 7, R"({"id":"m"})");
    CHECK(out == R"({"ack":7,"data":{"id":"m"}})");
  }
  SECTION("a refusal") {
    codec_here.write_error(out, 7, {errc::room_full, "the room is \"full\"", 0});
    CHECK(out == R"({"ack":7,"error":{"code":"room_full","message":"the room is \"full\""}})");
  }
  SECTION("a refusal that says when to come back, in the words of its title") {
    codec_here.write_error(out, 0, {errc::rate_limited, "", 3});
    const auto body = nlohmann::json::parse(out);
    CHECK(body["error"]["retryAfter"] == 3);
    CHECK(body["error"]["message"] == describe(errc::rate_limited).title);
  }
  SECTION("an error that answers nothing") {
    codec_here.write_exception(out, {errc::malformed, "no", 0});
    CHECK(out == R"({"event":"exception","data":{"status":"error","code":"malformed","message":"no"}})");
  }
}

TEST_CASE("aliases are an option of the instance") {
  CHECK(codec_here.sends_aliases());
  CHECK_FALSE(native_codec{{.aliases = false}}.sends_aliases());
}
