#include "gateway/protocol/engineio_packet.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway::engineio;

TEST_CASE("a packet is its type and what follows") {
  const auto message = parse_packet("4hello");
  REQUIRE(message);
  CHECK(message->type == packet_type::message);
  CHECK(message->data == "hello");
  CHECK_FALSE(message->binary);
  CHECK(parse_packet("2probe")->data == "probe");
  CHECK(parse_packet("6")->type == packet_type::noop);
}

TEST_CASE("bytes come as base64 behind a b") {
  const auto bytes = parse_packet("bAQIDBA==");
  REQUIRE(bytes);
  CHECK(bytes->binary);
  CHECK(bytes->type == packet_type::message);
  CHECK(bytes->data == std::string{"\1\2\3\4"});
  CHECK(parse_packet("b")->data.empty());
}

TEST_CASE("what is no packet is malformed") {
  for (const std::string_view text : {"", "7", "abc", "bAQ", "b%%%%", "b AQID", "bAQIDBA==x"}) {
    INFO(text);
    const auto parsed = parse_packet(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == errc::malformed);
  }
}

TEST_CASE("a payload is packets between separators") {
  const auto payload = parse_payload("4a\x1e"
                                     "2\x1e"
                                     "bAQ==",
                                     3);
  REQUIRE(payload);
  REQUIRE(payload->size() == 3);
  CHECK((*payload)[0].data == "a");
  CHECK((*payload)[1].type == packet_type::ping);
  CHECK((*payload)[2].data == "\1");
}

TEST_CASE("a payload with an empty packet, or too many, is malformed") {
  CHECK_FALSE(parse_payload("", 9));
  CHECK_FALSE(parse_payload("4a\x1e", 9));
  CHECK_FALSE(parse_payload("\x1e"
                            "4a",
                            9));
  CHECK_FALSE(parse_payload("4a\x1e"
                            "4b\x1e"
                            "4c",
                            2));
}

TEST_CASE("what is written is read again, bytes of every value included") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    std::string out;
    append_binary_message(out, std::string_view{bytes}.substr(0, size));
    CHECK(parse_packet(out)->data == bytes.substr(0, size));
  }
  std::string text;
  append_packet(text, packet_type::message, "h\xc3\xa9");
  CHECK(text == "4h\xc3\xa9");
}
