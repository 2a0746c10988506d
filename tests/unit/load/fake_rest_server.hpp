#pragma once
// The least of an HTTP server that a run over REST needs: kept-alive connections, each request answered with an empty
// object, and one fault on request. Its own thread; stops in the destructor.

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::load::testing {

enum class rest_fault { none, fail_one, cut_one, forget_one, say_close, talk_nonsense };

class fake_rest_server {
public:
  explicit fake_rest_server(rest_fault f)
    : fault_{f}
    , listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)::listen(listener_, 64);
    (void)::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    (void)::pipe(stop_);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~fake_rest_server() {
    ::close(stop_[1]);
    thread_.join();
    for (auto const& c : clients_) ::close(c.fd);
    ::close(listener_);
    ::close(stop_[0]);
  }
  fake_rest_server(fake_rest_server const&) = delete;
  fake_rest_server& operator=(fake_rest_server const&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

private:
  struct client {
    int fd;
    std::string in;
  };
  static constexpr std::uint64_t faulty_request = 20;

  void serve() {
    for (;;) {
      std::vector<pollfd> watched{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      for (auto const& c : clients_) watched.push_back({c.fd, POLLIN, 0});
      (void)::poll(watched.data(), watched.size(), -1);
      if (watched[0].revents != 0) return;
      for (std::size_t i = 2; i < watched.size(); ++i)
        if (watched[i].revents != 0) read(clients_[i - 2]);
      std::erase_if(clients_, [](client const& c) { return c.fd < 0; });
      if (watched[1].revents != 0) clients_.push_back({::accept(listener_, nullptr, nullptr), {}});
    }
  }

  void read(client& c) {
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

  static void say(client const& c, std::string_view what) {
    (void)::send(c.fd, what.data(), what.size(), MSG_NOSIGNAL);
  }
  static void cut(client& c) { ::close(std::exchange(c.fd, -1)); }

  rest_fault fault_;
  int listener_;
  int stop_[2]{};
  std::uint16_t port_ = 0;
  std::uint64_t requests_ = 0;
  std::vector<client> clients_;
  std::thread thread_;
};

} // namespace parley::load::testing
