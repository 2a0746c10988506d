#pragma once
// Accepts TCP connections on one loop and hands them round-robin to all. Who is not admitted is closed at once, without
// a word: that is what a flood costs least. When the process runs out of descriptors accepting pauses for a moment.
//
// `open` and `port` before the loop runs or on it; everything else on its loop.

#include "gateway/net/net_loop.hpp"
#include "gateway/net/tcp_socket.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

namespace parley::gateway {

class listener {
public:
  listener(std::vector<std::shared_ptr<net_loop>> loops, std::shared_ptr<net_shared> shared);

  /// Binds and listens. `host` is an IP address or a name of this machine; port 0 takes a free one. errc::unavailable
  /// with what to do about it (port in use, not permitted, no such address).
  [[nodiscard]] result<void> open(const std::string& host, std::uint16_t port);
  /// The port that is listened on; 0 before `open`.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  void stop();

private:
  using acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void wait();
  void accept_ready();
  void pause();
  void hand_over(int socket, const boost::asio::ip::tcp::endpoint& client);

  const std::vector<std::shared_ptr<net_loop>> loops_; // the first one accepts
  const std::shared_ptr<net_shared> shared_;
  acceptor acceptor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      pause_;
  std::size_t next_loop_ = 0;
  std::uint16_t port_ = 0;
};

} // namespace parley::gateway
