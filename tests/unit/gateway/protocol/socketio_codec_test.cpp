#include "gateway/protocol/socketio_codec.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

namespace {

std::string polled(const push& p, socketio_codec::options o = {}) {
  o.transport = engineio_transport::polling;
  std::string out;
  socketio_codec{o}.append_push(out, p);
  return out;
}

} // namespace

TEST_CASE("a push is an event under its name and its alias, a durable one with how far it is") {
  const push durable{"message-received", "receive-message", R"({"text":"hi"})", "room/tea", 42};
  CHECK(polled(durable) == "42[\"message-received\",{\"text\":\"hi\"},\"room/tea:42\"]\x1e"
                           "42[\"receive-message\",{\"text\":\"hi\"},\"room/tea:42\"]\x1e");
  CHECK(polled({"typing", "", "{}"}) == "42[\"typing\",{}]\x1e");
  CHECK(polled(durable, {.nsp = "/x", .aliases = false, .offsets = false}) ==
        "42/x,[\"message-received\",{\"text\":\"hi\"}]\x1e");
}

TEST_CASE("over a WebSocket each event is a text frame of its own") {
  for (const std::size_t size :
       {std::size_t{2}, std::size_t{100}, std::size_t{125}, std::size_t{126}, std::size_t{70'000}}) {
    const std::string body = "\"" + std::string(size, 'x') + "\"";
    std::string out, expected;
    socketio_codec{{}}.append_push(out, {"e", "", body, "room/\"q\"", 1});
    append_message(expected, engineio_transport::websocket, "42[\"e\"," + body + R"(,"room/\"q\":1"])");
    CHECK(out == expected);
  }
}

TEST_CASE("marks say how far the client is in all its places") {
  std::string out;
  const std::vector<mark> marks{{"room/a:b", 3}, {"inbox/u", 0}};
  socketio_codec{{.transport = engineio_transport::polling}}.append_marks(out, marks);
  CHECK(out == "42[\"offset\",\"room/a:b:3\\ninbox/u:0\"]\x1e");
  const auto read = parse_offset("room/a:b:3\ninbox/u:0");
  REQUIRE(read.size() == 2);
  CHECK(read[0] == std::pair{std::string{"room/a:b"}, std::uint64_t{3}});
  CHECK(read[1] == std::pair{std::string{"inbox/u"}, std::uint64_t{0}});
}

TEST_CASE("an offset that is none tells nothing") {
  for (const std::string_view text :
       {"", "room", "room/a:", "room/a:x", "room/a:1\nroom/b", "room/a:-1", "room/a:99999999999999999999999"}) {
    INFO(text);
    CHECK(parse_offset(text).empty());
  }
  std::string many;
  for (int i = 0; i < 65; ++i) many += "room/r" + std::to_string(i) + ":1\n";
  CHECK(parse_offset(many).empty());
}
