#include "echo_server.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;

TEST_CASE("on shutdown WebSockets are told to come back, idle connections close, requests under way are answered") {
  echo_server server{{}, 2};
  raw_client socket{server.port()}, idle{server.port()}, busy{server.port()};
  socket.upgrade();
  busy.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(server.eventually([&] { return server.net().count().connections == 3 && server.calls() == 1; }));

  std::atomic<int> gone = 0;
  server.net().stop_accepting();
  server.net().close_all(close_code::come_back, "server is restarting: reconnect and resume");
  server.net().when_all_gone([&] { ++gone; });

  CHECK(idle.is_closed_by_server());
  const auto f = socket.read_message();
  CHECK(f.opcode == 0x8);
  CHECK(f.close_code() == 1001);
  CHECK(f.close_reason() == "server is restarting: reconnect and resume");
  CHECK(gone == 0);
  socket.send(raw_client::close_frame(1001));
  CHECK(socket.is_closed_by_server());
  for (std::size_t i = 0; i < 2; ++i) CHECK(server.loop(i).index() == i);
  server.release_held();
  const auto last = busy.read_answer();
  CHECK(last.body == "at last");
  CHECK(last.head.find("Connection: close") != std::string::npos);
  busy.close();
  CHECK(server.eventually([&] { return gone == 1; }));
  CHECK(server.net().count().connections == 0);
  CHECK(server.seen().closed == std::vector{goodbye::lost});
  CHECK_THROWS(raw_client{server.port()});
}

TEST_CASE("whoever does not leave is cut, and its session is told") {
  echo_server server;
  raw_client stubborn{server.port()};
  stubborn.upgrade();
  REQUIRE(server.wait_until([](const sightings& s) { return s.opened == 1; }));
  std::atomic<bool> gone = false;
  server.net().close_all(close_code::come_back, "come back");
  server.net().when_all_gone([&] { gone = true; });
  CHECK(stubborn.read_message().opcode == 0x8);
  CHECK(!gone);
  server.net().abort_all();
  CHECK(server.eventually([&] { return gone.load(); }));
  CHECK(server.seen().closed == std::vector{goodbye::lost});
}

TEST_CASE("a server that stops with connections open leaves nothing behind") {
  std::vector<std::unique_ptr<raw_client>> clients;
  {
    echo_server server{{}, 2};
    for (int i = 0; i < 4; ++i) {
      clients.push_back(std::make_unique<raw_client>(server.port()));
      if (i % 2 == 0) clients.back()->upgrade();
    }
    clients[1]->send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    clients[2]->send_text(R"({"event":"hold","ack":1})");
    REQUIRE(server.wait_until([](const sightings& s) { return s.received == 1; }));
  }
  for (auto& client : clients) CHECK(client->is_closed_by_server());
}
