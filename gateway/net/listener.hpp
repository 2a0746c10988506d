#pragma once
// Accepts connections on one loop and hands them round-robin to all: TCP, or those of the machine's own users by a
// socket in a directory (unix(7)). Who is not admitted is closed at once, without a word: that is what a flood costs
// least. When the process runs out of descriptors accepting pauses for a moment.
//
// `open`, `open_local` and `port` before the loop runs or on it; everything else on its loop.

#include "gateway/net/net_loop.hpp"
#include "gateway/net/tcp_socket.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace parley::gateway {

class listener {
public:
  listener(std::vector<std::shared_ptr<net_loop>> loops, std::shared_ptr<net_shared> shared);

  /// Binds and listens. `host` is an IP address or a name of this machine; port 0 takes a free one. errc::unavailable
  /// with what to do about it (port in use, not permitted, no such address).
  [[nodiscard]] result<void> open(const std::string& host, std::uint16_t port);
  /// Listens at `path`, which only this process's user (and root) can open: mode 0600 before anybody can connect. A
  /// client's address is `name@host`, who it runs as (system_user.hpp). Replaces a socket that was left there, so the
  /// directory must be this process's own. errc::unavailable with what to do about it.
  [[nodiscard]] result<void> open_local(const std::string& path);
  /// The port that is listened on; 0 before `open`.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  void stop();

private:
  using acceptor =
      boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;

  void wait();
  void accept_ready();
  void pause();
  void hand_over(int socket, const acceptor::endpoint_type& client);

  const std::vector<std::shared_ptr<net_loop>> loops_; // the first one accepts
  const std::shared_ptr<net_shared> shared_;
  acceptor acceptor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      pause_;
  std::size_t next_loop_ = 0;
  std::uint16_t port_ = 0;
  std::string path_; ///< of the socket; empty: TCP
};

} // namespace parley::gateway
