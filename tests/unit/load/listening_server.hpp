#pragma once
// What the fake servers of this folder share: a listener on a free port of this machine, its clients, and a thread that
// waits for what they send. Only that thread touches the clients and calls `read`.

#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::load::testing {

/// `Client` has an `fd`, which is below zero once it was cut.
template <class Client>
class listening_server {
public:
  listening_server(listening_server const&) = delete;
  listening_server& operator=(listening_server const&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

protected:
  listening_server()
    : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)::listen(listener_, 64);
    (void)::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    (void)::pipe(stop_);
  }
  virtual ~listening_server() {
    for (auto const& c : clients_) ::close(c.fd);
    ::close(listener_);
    ::close(stop_[0]);
  }

  /// The last thing of a server's constructor.
  void start() {
    thread_ = std::thread{[this] { serve(); }};
  }
  /// The first thing of its destructor.
  void stop() {
    ::close(stop_[1]);
    thread_.join();
  }

  /// There is something to read from this client, or it has gone.
  virtual void read(std::size_t client) = 0;
  static void cut(Client& c) {
    if (c.fd >= 0) ::close(std::exchange(c.fd, -1));
  }

  std::vector<Client> clients_;

private:
  void serve() {
    for (;;) {
      std::vector<pollfd> watched{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      for (auto const& c : clients_) watched.push_back({c.fd, POLLIN, 0});
      (void)::poll(watched.data(), watched.size(), -1);
      if (watched[0].revents != 0) return;
      for (std::size_t i = 2; i < watched.size(); ++i)
        if (watched[i].revents != 0) read(i - 2);
      std::erase_if(clients_, [](Client const& c) { return c.fd < 0; });
      if (watched[1].revents != 0) accept();
    }
  }
  void accept() {
    auto& c = clients_.emplace_back();
    c.fd = ::accept(listener_, nullptr, nullptr);
    int const on = 1;
    (void)::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  int listener_;
  int stop_[2]{};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace parley::load::testing
