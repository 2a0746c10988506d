#include "tools/parley-load/http_answer.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::load;

namespace {

constexpr std::string_view created =
    "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}";

answer_reader::state state_of(std::string_view bytes) {
  answer_reader reader{1000};
  reader.add(bytes);
  http_answer answer;
  return reader.next(answer);
}

} // namespace

TEST_CASE("an answer is whole when its last byte is there, however it was cut") {
  for (std::size_t cut = 0; cut < created.size(); ++cut) {
    answer_reader reader{1000};
    http_answer answer;
    reader.add(created.substr(0, cut));
    CHECK(reader.next(answer) == answer_reader::state::more);
    reader.add(created.substr(cut));
    REQUIRE(reader.next(answer) == answer_reader::state::whole);
    CHECK(answer.status == 201);
    CHECK(answer.body == "{}");
    CHECK(answer.keeps_alive);
  }
}

TEST_CASE("answers come one after another, with and without a body") {
  answer_reader reader{1000};
  reader.add(std::string{created} + "HTTP/1.1 204 No Content\r\nconnection: Close\r\n\r\n" + std::string{created});
  http_answer answer;
  CHECK(reader.next(answer) == answer_reader::state::whole);
  CHECK(reader.next(answer) == answer_reader::state::whole);
  CHECK(answer.status == 204);
  CHECK(answer.body.empty());
  CHECK_FALSE(answer.keeps_alive);
  CHECK(reader.next(answer) == answer_reader::state::whole);
  CHECK(answer.status == 201);
  CHECK(reader.next(answer) == answer_reader::state::more);
}

TEST_CASE("what is no answer of ours is told from one that is on its way") {
  using enum answer_reader::state;
  CHECK(state_of("") == more);
  CHECK(state_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour") == more);
  CHECK(state_of("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n") == broken);
  CHECK(state_of("HTTP/1.1 100 Continue\r\n\r\n") == broken);
  CHECK(state_of("HTTP/1.1 200 OK\r\n\r\n") == broken);
  CHECK(state_of("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n") == broken);
  CHECK(state_of("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") == broken);
  CHECK(state_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n") == broken);
  CHECK(state_of(std::string(1001, 'x')) == broken);
}
