#include "echo_server.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;

TEST_CASE("a request is answered and the connection serves the next") {
  echo_server server;
  raw_client client{server.port()};
  for (int i = 0; i < 3; ++i) {
    client.send("POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    const auto answer = client.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == R"({"address":"127.0.0.1","body":"hi","method":"POST","path":"/a b","query":[["x","1"]]})");
  }
}

TEST_CASE("pipelined requests are answered in order, one at a time") {
  echo_server server;
  raw_client client{server.port()};
  client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n"
              "GET /third HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  REQUIRE(server.eventually([&] { return server.calls() == 1; }));
  server.release_held();
  CHECK(client.read_answer().body == "at last");
  CHECK(client.read_answer().body.find("/second") != std::string::npos);
  CHECK(client.read_answer().body.find("/third") != std::string::npos);
  CHECK(client.is_closed_by_server());
  CHECK(server.calls() == 3);
}

TEST_CASE("HEAD gets the header alone, and the connection goes on") {
  echo_server server;
  raw_client client{server.port()};
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = client.read_answer(false);
  CHECK(head.status == 200);
  CHECK(head.head.find("Content-Length: 0") == std::string::npos);
  CHECK(client.read_answer().body.find("/b") != std::string::npos);
}

TEST_CASE("a client that expects it is told to continue, and one whose body is too large is told that instead") {
  net_limits limits;
  limits.body_bytes_max = 100;
  echo_server server{limits};
  raw_client client{server.port()};
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(client.read_answer().body.find("hello") != std::string::npos);
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_answer().status == 413);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a refused request is answered as JSON with its code, then the connection closes") {
  net_limits limits;
  limits.body_bytes_max = 1000;
  echo_server server{limits};
  const auto answer_to = [&](const std::string& bytes) {
    raw_client client{server.port()};
    client.send(bytes);
    auto answer = client.read_answer();
    CHECK(answer.head.find("Connection: close") != std::string::npos);
    CHECK(client.is_closed_by_server());
    return std::to_string(answer.status) + " " + nlohmann::json::parse(answer.body)["code"].get<std::string>();
  };
  CHECK(answer_to("nonsense\r\n\r\n") == "400 malformed");
  CHECK(answer_to("BREW / HTTP/1.1\r\nHost: h\r\n\r\n") == "405 method_not_allowed");
  CHECK(answer_to("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x')) == "431 header_too_large");
  // The whole body is on its way: the answer must arrive all the same.
  CHECK(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x')) ==
        "413 too_large");
  CHECK(server.calls() == 0);
}

TEST_CASE("headers that drip in too slowly are answered 408") {
  auto limits = hasty();
  echo_server server{limits};
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\nHost");
  CHECK(client.read_answer().status == 408);
  CHECK(client.is_closed_by_server());
  CHECK(server.net().count().cut == 1);
}

TEST_CASE("a body that never ends is answered 408") {
  echo_server server{hasty()};
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  CHECK(client.read_answer().status == 408);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("who says nothing is closed, at first and between requests") {
  echo_server server{hasty()};
  raw_client silent{server.port()};
  CHECK(silent.is_closed_by_server());
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_answer().status == 200);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a reader that takes nothing of a large answer is cut") {
  auto limits = hasty();
  limits.stall_timeout = std::chrono::milliseconds{200};
  echo_server server{limits};
  raw_client client{server.port(), 4096};
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(server.eventually([&] { return server.net().count().connections == 0 && server.net().count().cut == 1; }));
}

TEST_CASE("a client that goes away while its request is handled harms nobody") {
  echo_server server;
  {
    raw_client client{server.port()};
    client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(server.eventually([&] { return server.calls() == 1; }));
    client.reset();
  }
  server.release_held();
  raw_client other{server.port()};
  other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(other.read_answer().status == 200);
}

TEST_CASE("a handler that drops its answer owes the client a 500") {
  echo_server server;
  raw_client client{server.port()};
  client.send("GET /dropped HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_answer().status == 500);
}

TEST_CASE("a header with a line break in it is never emitted") {
  echo_server server;
  raw_client client{server.port()};
  client.send("GET /split HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.read_answer();
  CHECK(answer.status == 500);
  CHECK(answer.head.find("stolen") == std::string::npos);
}

TEST_CASE("too many requests of one address are answered 429 with how long to wait") {
  net_limits limits;
  limits.requests_per_address = {0.01, 2};
  echo_server server{limits};
  raw_client client{server.port()};
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(request + request + request);
  CHECK(client.read_answer().status == 200);
  CHECK(client.read_answer().status == 200);
  const auto refused = client.read_answer();
  CHECK(refused.status == 429);
  CHECK(refused.head.find("Retry-After: 100") != std::string::npos);
}

TEST_CASE("connections over the limit are closed at once, and one that ends makes room") {
  net_limits limits;
  limits.connections_per_address_max = 2;
  echo_server server{limits};
  raw_client first{server.port()}, second{server.port()};
  REQUIRE(server.eventually([&] { return server.net().count().connections == 2; }));
  raw_client third{server.port()};
  CHECK(third.is_closed_by_server());
  first.close();
  REQUIRE(server.eventually([&] { return server.net().count().connections == 1; }));
  raw_client fourth{server.port()};
  fourth.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(fourth.read_answer().status == 200);
  CHECK(server.net().count().refused == 1);
}

TEST_CASE("a port in use is an error that says what to do") {
  echo_server server;
  io_loop loop{0};
  network second{{&loop},
                 {},
                 {.handle = [](http_request, const respond&) {},
                  .is_websocket = [](const http_request&) { return false; },
                  .upgrade = [](const http_request&, std::size_t) { return upgrade_offer{}; },
                  .error_response = [](const error&, const http_request&) { return http_response{}; }}};
  const auto opened = second.listen("127.0.0.1", server.port());
  REQUIRE(!opened);
  CHECK(opened.error().message.find("is in use") != std::string::npos);
  CHECK(opened.error().message.find("--port") != std::string::npos);
  CHECK(!second.listen("192.0.2.1", 0));
}

TEST_CASE("connections are served on all loops") {
  echo_server server{{}, 3};
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<raw_client>(server.port()));
    clients.back()->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(clients.back()->read_answer().status == 200);
  }
  CHECK(server.net().count().connections == 6);
}

TEST_CASE("out of descriptors, accepting pauses and goes on when there are some again") {
  echo_server server;
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const rlimit few{256, usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::vector<int> fillers;
  for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) fillers.push_back(fd);
  REQUIRE(!fillers.empty());
  ::close(fillers.back()); // the last one is for the client
  fillers.pop_back();
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(server.net().count().accepted == 0);
  for (const int fd : fillers) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &usual);
  CHECK(client.read_answer().status == 200);
}
