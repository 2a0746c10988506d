#include "tools/parley-load/connection.hpp"

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::load {

descriptor::~descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool connection::open(sockaddr_in const& address) {
  fd_ = descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd_) return false;
  int const on = 1;
  (void)::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return ::connect(fd_.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0 || errno == EINPROGRESS;
}

int connection::connect_error() const noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

connection::read_result connection::read(std::span<char> buffer) noexcept {
  auto const count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (count > 0) return {read_state::data, {buffer.data(), static_cast<std::size_t>(count)}};
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {read_state::nothing, {}};
  return {read_state::ended, {}};
}

bool connection::collect_head(std::string_view& bytes) {
  // The end may lie across two chunks.
  auto const from = head_.size() < 3 ? 0 : head_.size() - 3;
  auto const before = head_.size();
  head_.append(bytes.substr(0, head_bytes_max));
  auto const end = head_.find("\r\n\r\n", from);
  if (end == std::string::npos) {
    bytes = {};
    return false;
  }
  bytes.remove_prefix(end + 4 - before);
  head_.resize(end + 4);
  return true;
}

connection::write_state connection::flush() noexcept {
  while (sent_ < out_.size()) {
    auto const count = ::send(fd_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? write_state::waiting : write_state::failed;
    }
    sent_ += static_cast<std::size_t>(count);
  }
  out_.clear();
  sent_ = 0;
  return write_state::all;
}

void connection::close(std::uint32_t key) {
  if (!fd_) return;
  if (at > phase::upgrading && at != phase::closed) {
    queue_frame(opcode::close, "\x03\xe8", key); // 1000: normal closure
    (void)flush();
  }
  descriptor{}.operator=(std::move(fd_));
  at = phase::closed;
}

} // namespace parley::load
