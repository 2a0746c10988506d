#include "gateway/net/request_reader.hpp"
#include "gateway/net/response_writer.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace std::string_literals;
using namespace parley::gateway;
using step = request_reader::step;

namespace {

struct outcome {
  step how;
  http_request request;
  errc why;
  std::string left;
  bool keep_alive, head_only;
};

outcome read(std::string bytes, const net_limits& limits = {}) {
  request_reader reader{limits};
  const auto how = reader.advance(bytes);
  return {how, reader.request(), reader.failure().code, bytes, reader.keep_alive(), reader.head_only()};
}

/// Byte by byte: the result must not depend on how the bytes arrive.
outcome read_slowly(const std::string& bytes, const net_limits& limits = {}) {
  request_reader reader{limits};
  std::string in;
  auto how = step::need_more;
  std::size_t i = 0;
  while (i < bytes.size() && how == step::need_more) {
    in.push_back(bytes[i++]);
    how = reader.advance(in);
  }
  return {how, reader.request(), reader.failure().code, in, reader.keep_alive(), reader.head_only()};
}

void refuses(const std::string& bytes, errc why = errc::malformed) {
  INFO(bytes.substr(0, 200));
  const auto at_once = read(bytes);
  CHECK(at_once.how == step::failed);
  CHECK(at_once.why == why);
  CHECK(!at_once.keep_alive);
  const auto slowly = read_slowly(bytes);
  CHECK(slowly.how == step::failed);
  CHECK(slowly.why == why);
}

} // namespace

TEST_CASE("a request is read whole, however its bytes arrive, and what follows stays") {
  const std::string bytes =
      "POST /api/rooms?limit=5&q=a%20b+c&flag HTTP/1.1\r\nHost: here\r\nContent-TYPE: application/json\r\n"
      "Content-Length: 7\r\n\r\n{\"a\":1}";
  const auto fast = read(bytes + "GET /next");
  const auto slow = read_slowly(bytes);
  for (const auto* o : {&fast, &slow}) {
    REQUIRE(o->how == step::done);
    CHECK(o->request.method == "POST");
    CHECK(o->request.path == "/api/rooms");
    CHECK(o->request.query ==
          std::vector<std::pair<std::string, std::string>>{{"limit", "5"}, {"q", "a b c"}, {"flag", ""}});
    CHECK(o->request.headers[1] == std::pair<std::string, std::string>{"content-type", "application/json"});
    CHECK(o->request.body == "{\"a\":1}");
    CHECK(o->keep_alive);
  }
  CHECK(fast.left == "GET /next");
}

TEST_CASE("a chunked body is put together, its trailers are dropped") {
  const std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\nAuthorization: Bearer stolen\r\n\r\nrest";
  for (const auto& o : {read(bytes), read_slowly(bytes)}) {
    REQUIRE(o.how == step::done);
    CHECK(o.request.body == "wikipedia");
    CHECK(o.request.headers.size() == 2);
  }
  CHECK(read(bytes).left == "rest");
}

TEST_CASE("HEAD is shown as a GET whose answer has no body") {
  const auto o = read("HEAD /livez HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(o.how == step::done);
  CHECK(o.request.method == "GET");
  CHECK(o.head_only);
}

TEST_CASE("the absolute form of a target is understood, and HTTP/1.0 closes") {
  const auto o = read("GET http://here:8080/a/b?c=d HTTP/1.0\r\n\r\n");
  REQUIRE(o.how == step::done);
  CHECK(o.request.path == "/a/b");
  CHECK(o.request.query.size() == 1);
  CHECK(!o.keep_alive);
}

TEST_CASE("what two servers could read differently is refused") {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  refuses(start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refuses(start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
  refuses(start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  refuses(start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
  refuses(start + "Content-Length: -1\r\n\r\n");
  refuses(start + "Content-Length: 0x5\r\n\r\n");
  refuses(start + "Transfer-Encoding: gzip, chunked\r\n\r\n");
  refuses(start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n");
  refuses(start + "Transfer-Encoding: identity\r\n\r\n");
  refuses("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nAccept: a\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nHost: h\r\nX-A : b\r\n\r\n");
  refuses("GET / HTTP/1.1\nHost: h\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nHost: h\rX-A: b\r\n\r\n");
  refuses("GET / HTTP/1.1\r\nHost: h\r\nX-A: a\0b\r\n\r\n"s);
  refuses("GET / HTTP/2.0\r\nHost: h\r\n\r\n");
  refuses("nonsense\r\n\r\n");
}

TEST_CASE("a target is refused that is broken or hides something") {
  for (const std::string target : {"/a%", "/a%2", "/a%zz", "/a%00b", "/a%0d%0ab", "/%ff", "/a?b=%80", "*", "a/b"})
    refuses("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
  std::string many = "/?";
  for (int i = 0; i < 100; ++i) many += "a=b&";
  refuses("GET " + many + " HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST_CASE("what is too large is refused before it is held") {
  net_limits small;
  small.header_bytes_max = 200;
  small.body_bytes_max = 10;
  CHECK(read("GET / HTTP/1.1\r\nHost: h\r\nX-A: " + std::string(300, 'a'), small).why == errc::header_too_large);
  CHECK(read("GET / HTTP/1.1\r\nHost: h\r\nX-A: " + std::string(300, 'a') + "\r\n\r\n", small).why ==
        errc::header_too_large);
  CHECK(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", small).why == errc::too_large);
  CHECK(
      read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n", small)
          .why == errc::too_large);
  CHECK(read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'x'), small).how ==
        step::failed);

  net_limits narrow;
  narrow.target_bytes_max = 20;
  narrow.headers_max = 3;
  CHECK(read("GET /" + std::string(30, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", narrow).why == errc::header_too_large);
  CHECK(read("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", narrow).why == errc::header_too_large);
}

TEST_CASE("methods nobody serves are refused as such") {
  refuses("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", errc::method_not_allowed);
  refuses("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", errc::method_not_allowed);
}

TEST_CASE("a header value that is not UTF-8 reaches nobody as it is") {
  const auto o = read("GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: caf\xe9\r\n\r\n");
  REQUIRE(o.how == step::done);
  CHECK(o.request.headers[1].second == "caf?");
}

TEST_CASE("a response says its length and whether the connection stays") {
  const std::chrono::sys_seconds when{std::chrono::seconds{784111777}};
  const auto text =
      write_response({201, "text/plain", {{"ETag", "\"7\""}, {"Content-Length", "99"}}, "hello"}, {}, when);
  CHECK(text == "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
                "Content-Length: 5\r\nETag: \"7\"\r\nConnection: keep-alive\r\n\r\nhello");
  const auto head = write_response({200, "text/plain", {}, "hello"}, {.keep_alive = false, .head_only = true}, when);
  CHECK(head.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(head.ends_with("Connection: close\r\n\r\n"));
  const auto none = write_response({204, "text/plain", {}, ""}, {}, when);
  CHECK(none.find("Content-Length") == std::string::npos);
}

TEST_CASE("a response whose headers would break it apart is not safe") {
  CHECK(is_safe({200, "text/plain", {{"X-A", "b\tc"}}, {}}));
  CHECK(!is_safe({200, "text/plain", {{"X-A", "b\r\nX-B: c"}}, {}}));
  CHECK(!is_safe({200, "text/plain", {{"X-A\r\nX-B", "c"}}, {}}));
  CHECK(!is_safe({200, "text/plain", {{"", "c"}}, {}}));
  CHECK(!is_safe({200, "text/plain\r\nX-A: b", {}, {}}));
  CHECK(!is_safe({99, "text/plain", {}, {}}));
}
