#include "raw_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::gateway::test {

unsigned frame::close_code() const {
  if (payload.size() < 2) return 1005;
  return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 | static_cast<unsigned char>(payload[1]);
}

std::string frame::close_reason() const { return payload.size() > 2 ? payload.substr(2) : std::string{}; }

raw_client::raw_client(std::uint16_t port, std::optional<int> receive_buffer)
  : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &*receive_buffer, sizeof *receive_buffer);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error{"cannot connect"};
}

raw_client::raw_client(const std::string& path)
  : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, sizeof to.sun_path - 1);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error{"cannot connect"};
}

raw_client::~raw_client() { close(); }

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) throw std::runtime_error{"the server took nothing for ten seconds"};
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::size_t raw_client::send_some(std::string_view bytes) {
  const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

bool raw_client::fill() {
  char space[16 * 1024];
  const auto n = ::recv(socket_, space, sizeof space, 0);
  if (n < 0 && errno == EAGAIN) throw std::runtime_error{"nothing came for ten seconds; so far: " + in_.substr(0, 500)};
  if (n <= 0) return false;
  in_.append(space, static_cast<std::size_t>(n));
  return true;
}

std::string raw_client::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = in_.find(mark)) == std::string::npos)
    if (!fill()) throw std::runtime_error{"the server closed; so far: " + in_.substr(0, 500)};
  auto out = in_.substr(0, at + mark.size());
  in_.erase(0, out.size());
  return out;
}

std::string raw_client::read_exactly(std::size_t size) {
  while (in_.size() < size)
    if (!fill()) throw std::runtime_error{"the server closed; so far: " + in_.substr(0, 500)};
  auto out = in_.substr(0, size);
  in_.erase(0, size);
  return out;
}

bool raw_client::is_closed_by_server() {
  while (fill()) in_.clear();
  return true;
}

http_answer raw_client::read_answer(bool has_body) {
  http_answer answer;
  answer.head = read_until("\r\n\r\n");
  answer.status = std::stoi(answer.head.substr(9, 3));
  const auto length = answer.head.find("Content-Length: ");
  if (has_body && length != std::string::npos) answer.body = read_exactly(std::stoul(answer.head.substr(length + 16)));
  return answer;
}

std::string raw_client::upgrade(std::string_view target, std::string_view extra) {
  send("GET " + std::string{target} + " HTTP/1.1\r\n" + std::string{handshake_lines} + std::string{extra} + "\r\n");
  auto head = read_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 101 ")) throw std::runtime_error{"not upgraded: " + head};
  return head;
}

frame raw_client::read_frame() {
  const auto byte = [&] { return static_cast<unsigned char>(read_exactly(1)[0]); };
  frame f;
  f.opcode = byte() & 0x0fU;
  std::size_t size = byte();
  if (size > 127) throw std::runtime_error{"a server's frame must not be masked"};
  const int further = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (further > 0) size = 0;
  for (int i = 0; i < further; ++i) size = size << 8 | byte();
  f.payload = read_exactly(size);
  return f;
}

frame raw_client::read_message() {
  for (;;)
    if (auto f = read_frame(); f.opcode != 0x9) return f;
}

void raw_client::half_close() { ::shutdown(socket_, SHUT_WR); }

void raw_client::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void raw_client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::string raw_client::masked_frame(unsigned opcode, std::string_view payload, bool fin) {
  constexpr std::string_view key = "\x12\x34\x56\x78";
  std::string out;
  out.push_back(static_cast<char>((fin ? 0x80U : 0U) | opcode));
  const auto append = [&](std::uint64_t n, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
  };
  if (payload.size() <= 125) {
    out.push_back(static_cast<char>(0x80U | payload.size()));
  } else if (payload.size() <= UINT16_MAX) {
    out.push_back(static_cast<char>(0x80U | 126U));
    append(payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(0x80U | 127U));
    append(payload.size(), 8);
  }
  out.append(key);
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return out;
}

std::string raw_client::close_frame(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return masked_frame(0x8, payload.append(reason));
}

} // namespace parley::gateway::test
