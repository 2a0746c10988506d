#include "gateway/net/listener.hpp"

#include "gateway/net/http_session.hpp"
#include "gateway/net/system_user.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int accepts_a_turn = 64; // others get their turn between
constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_length{100};

std::string what_to_do(const error_code& ec, const std::string& host, std::uint16_t port) {
  namespace failure = boost::asio::error;
  if (ec == failure::address_in_use)
    return fmt::format("port {} on {} is in use: stop what listens there, or choose another with --port", port, host);
  if (ec == failure::access_denied)
    return fmt::format("port {} may not be opened: ports below 1024 need a privilege, choose another with --port",
                       port);
  if (ec.value() == EADDRNOTAVAIL)
    return fmt::format("{} is no address of this machine: choose another with --host", host);
  return fmt::format("cannot listen on {}:{}: {}", host, port, ec.message());
}

/// The client's address as text; an IPv4 address that came in by an IPv6 socket as IPv4.
std::string address_of(const boost::asio::generic::stream_protocol::endpoint& client) {
  tcp::endpoint at;
  if (client.size() > at.capacity()) return {};
  std::memcpy(at.data(), client.data(), client.size());
  const auto address = at.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

} // namespace

listener::listener(std::vector<std::shared_ptr<net_loop>> loops, std::shared_ptr<net_shared> shared)
  : loops_{std::move(loops)}
  , shared_{std::move(shared)}
  , acceptor_{loops_.front()->loop().context()}
  , pause_{loops_.front()->loop().context()} {}

result<void> listener::open(const std::string& host, std::uint16_t port) {
  error_code ec;
  tcp::resolver resolver{loops_.front()->loop().context()};
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
  if (ec || found.empty())
    return fail(errc::unavailable, fmt::format("{} is neither an address nor a name of this machine: choose another "
                                               "with --host",
                                               host));
  const acceptor::endpoint_type endpoint{found.begin()->endpoint()};
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(acceptor::reuse_address{true}, ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(backlog, ec);
  if (!ec) acceptor_.non_blocking(true, ec);
  if (ec) {
    error_code ignored;
    acceptor_.close(ignored);
    return fail(errc::unavailable, what_to_do(ec, host, port));
  }
  tcp::endpoint bound;
  auto size = static_cast<socklen_t>(bound.capacity());
  if (::getsockname(acceptor_.native_handle(), bound.data(), &size) == 0) port_ = bound.port();
  wait();
  return {};
}

result<void> listener::open_local(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return fail(errc::unavailable, fmt::format("{} is too long a name for a socket ({} bytes at most): choose a "
                                               "shorter --data",
                                               path, sizeof(sockaddr_un::sun_path) - 1));
  const acceptor::endpoint_type endpoint{boost::asio::local::stream_protocol::endpoint{path}};
  ::unlink(path.c_str()); // of a run that was killed
  error_code ec;
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  // Nobody can connect before it listens, so its mode is right by then, whatever the umask is.
  if (!ec && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) ec.assign(errno, boost::system::system_category());
  if (!ec) acceptor_.listen(backlog, ec);
  if (!ec) acceptor_.non_blocking(true, ec);
  path_ = path;
  if (ec) {
    stop();
    return fail(errc::unavailable, fmt::format("cannot listen on {}: {}", path, ec.message()));
  }
  wait();
  return {};
}

void listener::stop() {
  error_code ignored;
  pause_.cancel(ignored);
  acceptor_.close(ignored);
  if (!path_.empty()) ::unlink(std::exchange(path_, {}).c_str());
}

void listener::wait() {
  acceptor_.async_wait(acceptor::wait_read, [this](error_code ec) {
    if (!ec && acceptor_.is_open()) accept_ready();
  });
}

void listener::accept_ready() {
  for (int n = 0; n < accepts_a_turn; ++n) {
    acceptor::endpoint_type client;
    socklen_t size = static_cast<socklen_t>(client.capacity());
    const int socket = ::accept4(acceptor_.native_handle(), client.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      client.resize(size);
      hand_over(socket, client);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return pause();
    }
    // Anything else concerns the one connection that was given up before it was accepted.
  }
  wait();
}

void listener::pause() {
  pause_.expires_after(pause_length);
  pause_.async_wait([this](error_code ec) {
    if (!ec && acceptor_.is_open()) wait();
  });
}

void listener::hand_over(int socket, const acceptor::endpoint_type& client) {
  auto address = path_.empty() ? address_of(client) : system_user_behind(socket);
  const bool proxy = shared_->wiring.trusted_proxies.contains(address);
  auto ticket = proxy ? shared_->door.admit_proxy() : shared_->door.admit(address);
  if (!ticket || address.empty()) {
    ++shared_->count.refused;
    ::close(socket);
    return;
  }
  ++shared_->count.accepted;
  const int on = 1;
  if (path_.empty()) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto net = loops_[next_loop_++ % loops_.size()];
  auto& loop = net->loop();
  // The descriptor and the ticket are closed and given back even if the task never runs. A local socket is held as one
  // of TCP: from here on a stream is a stream, and nobody asks for its family.
  auto adopted = std::make_shared<tcp_socket>(loop.context(), tcp::v4(), socket);
  auto held = std::make_shared<admission::ticket>(*std::move(ticket));
  loop.dispatch([net = std::move(net), adopted, held, address = std::move(address)]() mutable {
    serve_http(net, std::move(*adopted), std::move(address), std::move(*held));
  });
}

} // namespace parley::gateway
