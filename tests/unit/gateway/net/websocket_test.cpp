#include "echo_server.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;
using nlohmann::json;

namespace {

std::string echo(int ack, std::string_view text = "hi") {
  return json{{"event", "echo"}, {"data", {{"text", text}}}, {"ack", ack}}.dump();
}

json read_json(raw_client& client) {
  const auto f = client.read_message();
  INFO(f.opcode);
  REQUIRE(f.opcode == 0x1);
  return json::parse(f.payload);
}

bool all_closed(echo_server& server, std::size_t count, goodbye how) {
  return server.wait_until([&](const sightings& s) { return s.closed.size() == count; }) &&
         server.seen().closed == std::vector<goodbye>(count, how);
}

} // namespace

TEST_CASE("a message is answered, and a clean close is answered and told as clean") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade("/ws?token=abc");
  client.send_text(echo(7));
  CHECK(read_json(client) == json{{"ack", 7}, {"data", {{"text", "hi"}}}});
  client.send(raw_client::close_frame(1000, "bye"));
  const auto reply = client.read_frame();
  CHECK(reply.opcode == 0x8);
  CHECK(reply.close_code() == 1000);
  CHECK(client.is_closed_by_server());
  CHECK(all_closed(server, 1, goodbye::clean));
  CHECK(server.seen().greetings[0].token == "abc");
  CHECK(server.seen().greetings[0].address == "127.0.0.1");
  CHECK(server.eventually([&] { return server.net().count().connections == 0; }));
}

TEST_CASE("a close without a code is clean, any other code or a vanished client is lost") {
  echo_server server;
  {
    raw_client client{server.port()};
    client.upgrade();
    client.send(raw_client::masked_frame(0x8, ""));
    CHECK(client.read_frame().opcode == 0x8);
  }
  CHECK(all_closed(server, 1, goodbye::clean));
  const auto after = [&](const std::function<void(raw_client&)>& end) {
    const auto before = server.seen().closed.size();
    raw_client client{server.port()};
    client.upgrade();
    end(client);
    REQUIRE(server.wait_until([&](const sightings& s) { return s.closed.size() == before + 1; }));
    return server.seen().closed.back();
  };
  CHECK(after([](raw_client& c) { c.send(raw_client::close_frame(1001)); }) == goodbye::lost);
  CHECK(after([](raw_client& c) { c.send(raw_client::close_frame(4000)); }) == goodbye::lost);
  CHECK(after([](raw_client& c) { c.close(); }) == goodbye::lost);
  CHECK(after([](raw_client& c) { c.reset(); }) == goodbye::lost);
}

TEST_CASE("the subprotocol is chosen when offered, and not needed") {
  echo_server server;
  raw_client offering{server.port()}, silent{server.port()}, foreign{server.port()};
  CHECK(offering.upgrade("/ws", "Sec-WebSocket-Protocol: chat, parley.v1\r\n")
            .find("Sec-WebSocket-Protocol: parley.v1") != std::string::npos);
  CHECK(silent.upgrade().find("Sec-WebSocket-Protocol") == std::string::npos);
  CHECK(foreign.upgrade("/ws", "Sec-WebSocket-Protocol: chat\r\n").find("Sec-WebSocket-Protocol") == std::string::npos);
}

TEST_CASE("compression is not agreed to") {
  echo_server server;
  raw_client client{server.port()};
  CHECK(client.upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n").find("Extensions") ==
        std::string::npos);
}

TEST_CASE("a handshake that is not one, or not allowed, gets a JSON error instead of the upgrade") {
  echo_server server;
  raw_client client{server.port()};
  const auto status_of = [&](const std::string& request) {
    client.send(request);
    const auto answer = client.read_answer();
    CHECK(json::parse(answer.body)["success"] == false);
    return answer.status;
  };
  CHECK(status_of("GET /ws HTTP/1.1\r\nHost: h\r\n\r\n") == 400);
  CHECK(status_of("GET /ws?token=forged HTTP/1.1\r\n" + std::string{handshake_lines} + "\r\n") == 403);
  CHECK(status_of("POST /ws HTTP/1.1\r\nContent-Length: 0\r\n" + std::string{handshake_lines} + "\r\n") == 405);
  CHECK(status_of("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n") == 400);
  CHECK(status_of("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n") == 400);
  CHECK(server.seen().opened == 0);
  client.upgrade();
  CHECK(server.wait_until([](const sightings& s) { return s.opened == 1; }));
}

TEST_CASE("an upgrade on any other path is served as what it also is, a GET") {
  echo_server server;
  raw_client client{server.port()};
  client.send("GET /elsewhere HTTP/1.1\r\n" + std::string{handshake_lines} + "\r\n");
  CHECK(client.read_answer().status == 200);
}

TEST_CASE("frames sent before the handshake is answered are refused") {
  echo_server server;
  raw_client client{server.port()};
  client.send("GET /ws HTTP/1.1\r\n" + std::string{handshake_lines} + "\r\n" + raw_client::masked_frame(1, echo(1)));
  CHECK(client.read_answer().status == 400);
}

TEST_CASE("messages of any size within the bound, in any fragments, arrive whole") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade();
  for (const std::size_t size : {0, 1, 100, 180, 181, 200, 255, 256, 257, 1500, 8192, 70'000, 120'000}) {
    const std::string text(size, 'a');
    client.send_text(echo(1, text));
    CHECK(read_json(client)["data"]["text"] == text);
  }
  const auto whole = echo(2, std::string(3000, 'b'));
  for (std::size_t at = 0; at < whole.size(); at += 100)
    client.send(raw_client::masked_frame(at == 0 ? 0x1 : 0x0, whole.substr(at, 100), at + 100 >= whole.size()) +
                raw_client::masked_frame(0xA, "stray pong") + raw_client::masked_frame(0x0, "", false).substr(0, 0));
  CHECK(read_json(client)["ack"] == 2);
  for (const char c : raw_client::masked_frame(0x1, echo(3))) client.send({&c, 1});
  CHECK(read_json(client)["ack"] == 3);
}

TEST_CASE("many messages in one packet are answered in order") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade();
  std::string all;
  for (int i = 0; i < 200; ++i) all += raw_client::masked_frame(0x1, echo(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) CHECK(read_json(client)["ack"] == i);
}

TEST_CASE("what breaks the protocol is closed with the code that says so") {
  net_limits limits;
  limits.frame_bytes_max = 1000;
  echo_server server{limits};
  const auto code_after = [&](const std::string& bytes) {
    raw_client client{server.port()};
    client.upgrade();
    client.send(bytes);
    const auto f = client.read_message();
    CHECK(f.opcode == 0x8);
    client.close();
    return f.close_code();
  };
  CHECK(code_after(raw_client::masked_frame(0x1, std::string(1001, 'x'))) == 1009);
  CHECK(code_after(raw_client::masked_frame(0x1, std::string(600, 'x'), false) +
                   raw_client::masked_frame(0x0, std::string(600, 'x'))) == 1009);
  CHECK(code_after(raw_client::masked_frame(0x2, "binary")) == 1003);
  CHECK(code_after(raw_client::masked_frame(0x1, "\xff\xfe")) == 1007);
  CHECK(code_after(std::string{"\x81\x02hi", 4}) == 1002); // unmasked
  CHECK(code_after(raw_client::masked_frame(0x3, "reserved opcode")) == 1002);
  CHECK(code_after(raw_client::masked_frame(0x9, "ping in pieces", false)) == 1002);
  CHECK(code_after(raw_client::masked_frame(0x0, "continues nothing")) == 1002);
  CHECK(code_after(raw_client::masked_frame(0x8, "\x03")) == 1002); // half a close code
  CHECK(all_closed(server, 9, goodbye::lost));
  CHECK(server.seen().received == 0);
}

TEST_CASE("malformed messages are answered as exceptions, too many of them close 1008") {
  net_limits limits;
  limits.bad_messages_max = 3;
  echo_server server{limits};
  raw_client client{server.port()};
  client.upgrade();
  for (int i = 0; i < 3; ++i) {
    client.send_text("{nonsense");
    const auto answer = read_json(client);
    CHECK(answer["event"] == "exception");
    CHECK(answer["data"]["code"] == "malformed");
  }
  client.send_text(echo(1));
  CHECK(read_json(client)["ack"] == 1);
  client.send_text("[]");
  const auto f = client.read_message();
  CHECK(f.opcode == 0x8);
  CHECK(f.close_code() == 1008);
}

TEST_CASE("an error answers the message it belongs to") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade();
  client.send_text(R"({"event":"fail","ack":9})");
  const auto answer = read_json(client);
  CHECK(answer["ack"] == 9);
  CHECK(answer["error"]["code"] == "room_full");
}

TEST_CASE("a message over the rate is refused, and who goes on is closed 4429") {
  net_limits limits;
  limits.messages_per_session = {0.5, 3};
  limits.abuse_seconds = 10; // 5 messages over
  echo_server server{limits};
  raw_client client{server.port()};
  client.upgrade();
  for (int i = 0; i < 9; ++i) client.send_text(echo(i));
  for (int i = 0; i < 3; ++i) CHECK(read_json(client)["ack"] == i);
  for (int i = 3; i < 8; ++i) {
    const auto refused = read_json(client);
    CHECK(refused["ack"] == i);
    CHECK(refused["error"]["code"] == "rate_limited");
  }
  const auto f = client.read_message();
  CHECK(f.opcode == 0x8);
  CHECK(f.close_code() == 4429);
  CHECK(f.close_reason().find("slow down") != std::string::npos);
  CHECK(server.seen().received == 3);
}

TEST_CASE("a client's pings are answered, a flood of them closes 4429") {
  net_limits limits;
  limits.messages_per_session = {1, 10};
  limits.abuse_seconds = 5;
  echo_server server{limits};
  raw_client client{server.port()};
  client.upgrade();
  client.send(raw_client::masked_frame(0x9, "are you there"));
  const auto pong = client.read_frame();
  CHECK(pong.opcode == 0xA);
  CHECK(pong.payload == "are you there");
  for (int i = 0; i < 50; ++i) client.send(raw_client::masked_frame(0x9, "x"));
  auto f = client.read_frame();
  while (f.opcode == 0xA) f = client.read_frame();
  CHECK(f.opcode == 0x8);
  CHECK(f.close_code() == 4429);
}

TEST_CASE("no more messages are read than may be under way, and answers let the rest in") {
  net_limits limits;
  limits.in_flight_max = 4;
  echo_server server{limits};
  raw_client client{server.port()}, other{server.port()};
  client.upgrade();
  for (int i = 0; i < 3; ++i) client.send_text(R"({"event":"hold","ack":)" + std::to_string(i) + "}");
  client.send_text(R"({"event":"release","ack":3})");
  for (int i = 0; i < 4; ++i) CHECK(read_json(client)["ack"] == i);
  for (int i = 0; i < 6; ++i) client.send_text(R"({"event":"hold","ack":)" + std::to_string(i) + "}");
  REQUIRE(server.wait_until([](const sightings& s) { return s.received == 8; }));
  other.upgrade(); // two more round trips of the same loop: were it to read on, it would have by now
  other.send_text(echo(1));
  CHECK(read_json(other)["ack"] == 1);
  CHECK(server.seen().received == 9);
}

TEST_CASE("`?aliases=none` reaches the session as such") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade("/ws?aliases=none");
  REQUIRE(server.wait_until([](const sightings& s) { return s.opened == 1; }));
  CHECK(!server.seen().greetings[0].aliases);
}

TEST_CASE("the session closes with its code behind everything it said") {
  echo_server server;
  raw_client client{server.port()};
  client.upgrade();
  client.send_text(R"({"event":"blast","data":{"frames":20,"bytes":1000},"ack":1})");
  client.send_text(R"({"event":"bye","data":{"code":4409}})");
  for (int i = 0; i < 20; ++i) CHECK(client.read_message().payload.size() == 1000);
  CHECK(read_json(client)["ack"] == 1);
  const auto f = client.read_message();
  CHECK(f.opcode == 0x8);
  CHECK(f.close_code() == 4409);
  CHECK(f.close_reason() == "as you asked");
  client.send(raw_client::close_frame(4409));
  CHECK(client.is_closed_by_server());
  CHECK(all_closed(server, 1, goodbye::lost));
}

TEST_CASE("a client that does not answer the close is let go after a while") {
  echo_server server{hasty()};
  raw_client client{server.port()};
  client.upgrade();
  client.send_text(R"({"event":"bye","data":{"code":4401}})");
  CHECK(client.read_message().close_code() == 4401);
  CHECK(client.is_closed_by_server());
  CHECK(all_closed(server, 1, goodbye::lost));
}
