#pragma once
// The least of an HTTP server that a run over REST needs: kept-alive connections, each request answered with an empty
// object, and one fault on request.

#include "tests/unit/load/listening_server.hpp"

#include <array>
#include <string>
#include <string_view>

namespace parley::load::testing {

enum class rest_fault { none, fail_one, cut_one, forget_one, say_close, talk_nonsense };

struct rest_client {
  int fd;
  std::string in;
};

class fake_rest_server final : public listening_server<rest_client> {
public:
  explicit fake_rest_server(rest_fault f)
    : fault_{f} {
    start();
  }
  ~fake_rest_server() override { stop(); }

private:
  static constexpr std::uint64_t faulty_request = 20;

  void read(std::size_t client) override {
    auto& c = clients_[client];
    std::array<char, 4096> buffer{};
    auto const count = ::recv(c.fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) return cut(c);
    c.in.append(buffer.data(), static_cast<std::size_t>(count));
    if (!c.in.ends_with("\r\n\r\n")) return; // reads have no body
    c.in.clear();
    bool const faulty = ++requests_ == faulty_request;
    if (faulty && fault_ == rest_fault::cut_one) return cut(c);
    if (faulty && fault_ == rest_fault::forget_one) return;
    if (faulty && fault_ == rest_fault::fail_one) return say(c, "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nsigh");
    if (faulty && fault_ == rest_fault::talk_nonsense) return say(c, "SSH-2.0 here\r\n\r\n");
    if (faulty && fault_ == rest_fault::say_close)
      return say(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
    say(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  }

  static void say(rest_client const& c, std::string_view what) {
    (void)::send(c.fd, what.data(), what.size(), MSG_NOSIGNAL);
  }

  rest_fault fault_;
  std::uint64_t requests_ = 0;
};

} // namespace parley::load::testing
