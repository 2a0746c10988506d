#include "tools/parley-load/frames.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

using namespace parley::load;

namespace {

using message = std::pair<opcode, std::string>;

/// A frame as a server sends it: not masked.
std::string server_frame(opcode code, std::string_view payload, bool fin = true) {
  std::string out;
  out.push_back(static_cast<char>((fin ? 0x80 : 0) | static_cast<int>(code)));
  const auto size = payload.size();
  const int length_bytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  out.push_back(static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127));
  for (int i = length_bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i) & 0xFF));
  return out.append(payload);
}

struct outcome {
  bool valid = true;
  std::vector<message> messages;
};

outcome read_in_chunks(const std::vector<std::string_view>& chunks, std::size_t bytes_max = 1 << 20) {
  frame_reader reader{bytes_max};
  outcome result;
  for (const auto chunk : chunks) {
    // A buffer of its own, freed at once: a view kept too long would be seen by the sanitizer.
    const std::string copy{chunk};
    if (!reader.consume(copy, [&](opcode code, std::string_view payload) {
          result.messages.emplace_back(code, payload);
          return true;
        })) {
      result.valid = false;
      break;
    }
  }
  return result;
}

struct stream {
  std::string bytes;
  std::vector<message> expected;
};

/// Every length encoding, control frames between fragments, an empty message, two frames back to back.
stream varied_stream() {
  stream s;
  const auto whole = [&](opcode code, const std::string& payload) {
    s.bytes += server_frame(code, payload);
    s.expected.emplace_back(code, payload);
  };
  whole(opcode::text, "first");
  whole(opcode::text, "");
  whole(opcode::text, std::string(125, 'a'));
  whole(opcode::text, std::string(126, 'b'));
  s.bytes += server_frame(opcode::text, "frag", false);
  whole(opcode::ping, "are you there");
  s.bytes += server_frame(opcode::continuation, "men", false);
  s.bytes += server_frame(opcode::continuation, "", false);
  s.bytes += server_frame(opcode::continuation, "ted", true);
  s.expected.emplace_back(opcode::text, "fragmented");
  whole(opcode::text, std::string(300, 'c'));
  whole(opcode::close, "\x03\xe8");
  return s;
}

} // namespace

TEST_CASE("a stream cut in two at any byte gives the same messages") {
  const auto [bytes, expected] = varied_stream();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CAPTURE(cut);
    const auto got = read_in_chunks({std::string_view{bytes}.substr(0, cut), std::string_view{bytes}.substr(cut)});
    REQUIRE(got.valid);
    REQUIRE(got.messages == expected);
  }
}

TEST_CASE("a stream cut in three at any two bytes near its start gives the same messages") {
  const auto [bytes, expected] = varied_stream();
  const std::string_view all{bytes};
  for (std::size_t first = 0; first < 160; ++first)
    for (std::size_t second = first; second < 160; ++second) {
      const auto got = read_in_chunks({all.substr(0, first), all.substr(first, second - first), all.substr(second)});
      if (!got.valid || got.messages != expected) FAIL("cut at " << first << " and " << second);
    }
}

TEST_CASE("a stream in chunks of any small size gives the same messages") {
  const auto [bytes, expected] = varied_stream();
  for (std::size_t size = 1; size < 40; ++size) {
    std::vector<std::string_view> chunks;
    for (std::size_t at = 0; at < bytes.size(); at += size) chunks.push_back(std::string_view{bytes}.substr(at, size));
    CAPTURE(size);
    const auto got = read_in_chunks(chunks);
    REQUIRE(got.valid);
    REQUIRE(got.messages == expected);
  }
}

TEST_CASE("a frame of 64 KiB uses the long length and survives any cut of its header") {
  const std::string payload(70'000, 'x');
  const auto bytes = server_frame(opcode::text, payload);
  for (std::size_t cut = 0; cut < 14; ++cut) {
    const auto got = read_in_chunks({std::string_view{bytes}.substr(0, cut), std::string_view{bytes}.substr(cut)});
    REQUIRE(got.valid);
    REQUIRE(got.messages == std::vector<message>{{opcode::text, payload}});
  }
}

TEST_CASE("a message that lies whole in a chunk is not copied") {
  frame_reader reader{1024};
  const auto chunk = server_frame(opcode::text, "hello");
  bool inside = false;
  REQUIRE(reader.consume(chunk, [&](opcode, std::string_view payload) {
    inside = payload.data() >= chunk.data() && payload.data() + payload.size() <= chunk.data() + chunk.size();
    return true;
  }));
  CHECK(inside);
}

TEST_CASE("a handler that has had enough is not called again") {
  frame_reader reader{1024};
  int calls = 0;
  const auto chunk = server_frame(opcode::text, "1") + server_frame(opcode::text, "2");
  CHECK(reader.consume(chunk, [&](opcode, std::string_view) { return ++calls > 1; }));
  CHECK(calls == 1);
}

TEST_CASE("what RFC 6455 forbids a server is refused") {
  const auto refused = [](const std::string& bytes) { return !read_in_chunks({bytes}, 1000).valid; };
  CHECK(refused(std::string{"\x81\x85"} + "keyshello"));                                    // masked
  CHECK(refused(std::string{"\xC1\x00", 2}));                                               // a reserved bit
  CHECK(refused(std::string{"\x83\x00", 2}));                                               // a reserved opcode
  CHECK(refused(std::string{"\x09\x00", 2}));                                               // a fragmented ping
  CHECK(refused(std::string{"\x89\x7E\x00\x7E", 4} + std::string(126, 'p')));               // a long ping
  CHECK(refused(server_frame(opcode::continuation, "of nothing")));                         // 5.4
  CHECK(refused(server_frame(opcode::text, "a", false) + server_frame(opcode::text, "b"))); // 5.4
}

TEST_CASE("a message over the limit is refused before it is collected") {
  CHECK(read_in_chunks({server_frame(opcode::text, std::string(100, 'x'))}, 100).valid);
  CHECK_FALSE(read_in_chunks({server_frame(opcode::text, std::string(101, 'x'))}, 100).valid);
  // The header alone is enough to refuse, so that a length of 2^63 makes nobody allocate.
  CHECK_FALSE(read_in_chunks({std::string{"\x81\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10}}, 100).valid);
  CHECK_FALSE(read_in_chunks({std::string{"\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10}}, 100).valid);
  const auto half = std::string(60, 'x');
  CHECK_FALSE(
      read_in_chunks({server_frame(opcode::text, half, false), server_frame(opcode::continuation, half)}, 100).valid);
}

TEST_CASE("client frames are masked with the key, and zero leaves them as they are") {
  for (const std::size_t size : {0UL, 1UL, 3UL, 125UL, 126UL, 65'535UL, 65'536UL}) {
    const std::string payload(size, 'q');
    for (const std::uint32_t key : {0U, 0xA1B2C3D4U}) {
      std::string out = "before";
      append_frame(out, opcode::text, payload, key);
      out.erase(0, 6);
      REQUIRE((out[1] & 0x80) != 0);
      // Undo what a server undoes; what is left is a frame without mask.
      const std::size_t length_bytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
      auto key_bytes = out.substr(2 + length_bytes, 4);
      auto body = out.substr(6 + length_bytes);
      if (key != 0 && size > 3) CHECK(body != payload);
      for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(body[i] ^ key_bytes[i % 4]);
      CHECK(body == payload);
      auto head = out.substr(0, 2 + length_bytes);
      head[1] = static_cast<char>(head[1] & 0x7F);
      const auto unmasked = head + body;
      const auto parsed = parse_frame(unmasked, 1 << 20);
      CHECK(parsed.status == parse_status::complete);
      CHECK(parsed.parsed.payload == payload);
    }
  }
}

TEST_CASE("an upgrade is accepted only with the right status and answer") {
  const std::string good = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nSEC-WEBSOCKET-ACCEPT: "
                           "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  CHECK(upgrade_accepted(good));
  auto wrong_answer = good;
  wrong_answer.replace(wrong_answer.find("s3p"), 3, "xxx");
  CHECK_FALSE(upgrade_accepted(wrong_answer));
  CHECK_FALSE(upgrade_accepted("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  CHECK_FALSE(
      upgrade_accepted("HTTP/1.1 429 Too Many Requests\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
  CHECK(upgrade_request("127.0.0.1:8080", "/ws", "parley.v1").find("Sec-WebSocket-Protocol: parley.v1\r\n") !=
        std::string::npos);
}
