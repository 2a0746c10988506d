#include "gateway/protocol/websocket_frame.hpp"

#include <catch2/catch_test_macros.hpp>

using parley::gateway::append_text_frame;
using namespace std::string_literals;

TEST_CASE("a text frame is final, unmasked, and carries the shortest length that fits (RFC 6455 section 5.2)") {
  const auto header = [](std::size_t size) {
    std::string out = "before";
    append_text_frame(out, std::string(size, 'x'));
    CHECK(out.starts_with("before"));
    CHECK(out.ends_with(std::string(std::min<std::size_t>(size, 8), 'x')));
    return out.substr(6, out.size() - 6 - size);
  };
  CHECK(header(0) == "\x81\x00"s);
  CHECK(header(125) == "\x81\x7d"s);
  CHECK(header(126) == "\x81\x7e\x00\x7e"s);
  CHECK(header(65535) == "\x81\x7e\xff\xff"s);
  CHECK(header(65536) == "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}
