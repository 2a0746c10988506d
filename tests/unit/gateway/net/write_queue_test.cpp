#include "gateway/net/write_queue.hpp"

#include <catch2/catch_test_macros.hpp>
#include <sys/socket.h>
#include <unistd.h>

using parley::gateway::write_queue;

namespace {

struct socket_pair {
  socket_pair() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const int small = 4096;
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }
  ~socket_pair() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  std::string read_some() {
    char space[65536];
    const auto n = ::recv(ends[1], space, sizeof space, MSG_DONTWAIT);
    return n > 0 ? std::string(space, static_cast<std::size_t>(n)) : std::string{};
  }
  int ends[2];
};

std::shared_ptr<const std::string> blob_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string numbered(std::size_t bytes) {
  std::string out;
  for (int i = 0; out.size() < bytes; ++i) out += std::to_string(i) + ' ';
  return out;
}

} // namespace

TEST_CASE("slices and own bytes leave in the order they were queued") {
  socket_pair pair;
  write_queue q;
  q.append(blob_of("0123456789"), 2, 3);
  q.append("own ");
  q.append("bytes");
  q.append(blob_of("abc"), 0, 3);
  q.append(blob_of("abc"), 1, 0);
  CHECK(q.bytes() == 15);
  CHECK(q.flush(pair.ends[0]) == write_queue::outcome::empty);
  CHECK(pair.read_some() == "234own bytesabc");
  CHECK(q.empty());
  CHECK(q.sent() == 15);
}

TEST_CASE("more slices than one system call takes leave all the same") {
  socket_pair pair;
  write_queue q;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    expected += std::to_string(i);
    q.append(blob_of(std::to_string(i)), 0, std::to_string(i).size());
  }
  CHECK(q.flush(pair.ends[0]) == write_queue::outcome::empty);
  CHECK(pair.read_some() == expected);
}

TEST_CASE("slices of one blob that follow each other are one") {
  socket_pair pair;
  write_queue q;
  const auto blob = blob_of("abcdef");
  for (std::size_t i = 0; i < 6; ++i) q.append(blob, i, 1);
  CHECK(blob.use_count() == 2);
  CHECK(q.flush(pair.ends[0]) == write_queue::outcome::empty);
  CHECK(pair.read_some() == "abcdef");
  CHECK(blob.use_count() == 1);
}

TEST_CASE("a reader that takes nothing pins no shared blob, and misses nothing later") {
  socket_pair pair;
  write_queue q;
  const auto text = numbered(200'000);
  const auto blob = blob_of(text);
  q.append(blob, 0, text.size());
  CHECK(q.flush(pair.ends[0]) == write_queue::outcome::blocked);
  CHECK(q.blocked());
  CHECK(blob.use_count() == 1);
  q.append(blob, 0, 10);
  CHECK(blob.use_count() == 1);
  q.append("end");

  std::string got;
  while (!q.empty()) {
    got += pair.read_some();
    REQUIRE(q.flush(pair.ends[0]) != write_queue::outcome::broken);
  }
  for (auto more = pair.read_some(); !more.empty(); more = pair.read_some()) got += more;
  CHECK(got == text + text.substr(0, 10) + "end");
  CHECK(!q.blocked());
}

TEST_CASE("a reader that is always behind gets everything in order through a queue that is moved down") {
  socket_pair pair;
  write_queue q;
  const auto chunk = numbered(30'000);
  std::string sent, got;
  for (int round = 0; round < 50; ++round) {
    q.append(chunk);
    sent += chunk;
    REQUIRE(q.flush(pair.ends[0]) != write_queue::outcome::broken);
    for (int i = 0; i < 10; ++i) got += pair.read_some();
  }
  while (!q.empty()) {
    got += pair.read_some();
    REQUIRE(q.flush(pair.ends[0]) != write_queue::outcome::broken);
  }
  for (auto more = pair.read_some(); !more.empty(); more = pair.read_some()) got += more;
  CHECK(got == sent);
}

TEST_CASE("a connection that is gone is told as broken, without a signal") {
  socket_pair pair;
  ::close(pair.ends[1]);
  pair.ends[1] = -1;
  write_queue q;
  q.append("hello");
  CHECK(q.flush(pair.ends[0]) == write_queue::outcome::broken);
}
