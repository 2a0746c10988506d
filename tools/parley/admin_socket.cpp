#include "tools/parley/admin_socket.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::tool {
namespace {

constexpr timeval patience{30, 0};
constexpr std::size_t answer_bytes_max = 16 * 1024 * 1024;

class connection {
public:
  connection()
    : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~connection() {
    if (socket_ >= 0) ::close(socket_);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// The errno; 0: connected.
  [[nodiscard]] int open(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return ENOENT; // the server could not make it either
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  }
  [[nodiscard]] bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// All that comes until the server closes.
  [[nodiscard]] std::string receive() const {
    std::string all;
    std::array<char, 16 * 1024> part;
    while (all.size() <= answer_bytes_max) {
      const auto got = ::recv(socket_, part.data(), part.size(), 0);
      if (got < 0) return {};
      if (got == 0) break;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

private:
  int socket_;
};

std::optional<admin_answer> read_answer(std::string_view all) {
  constexpr std::string_view begin = "HTTP/1.1 ";
  const auto head_end = all.find("\r\n\r\n");
  admin_answer a;
  if (!all.starts_with(begin) || head_end == std::string_view::npos) return std::nullopt;
  const auto digits = all.substr(begin.size(), 3);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), a.status).ec != std::errc{}) return std::nullopt;
  a.body = nlohmann::json::parse(all.substr(head_end + 4), nullptr, false);
  if (!a.body.is_object()) return std::nullopt;
  return a;
}

} // namespace

result<std::optional<admin_answer>> ask_server(const std::filesystem::path& data, std::string_view target,
                                               std::string_view body) {
  const auto path = (data / "admin.sock").string();
  connection server;
  switch (server.open(path)) {
  case 0: break;
  case ENOENT:
  case ECONNREFUSED: return std::nullopt; // none was there, or one that was killed left its socket
  case EACCES: return fail(errc::forbidden, fmt::format("{} is the server's user's: run this as that user", path));
  default: return fail(errc::unavailable, fmt::format("cannot connect to {}: {}", path, std::strerror(errno)));
  }
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", body.empty() ? "GET" : "POST", target);
  if (!body.empty()) request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  request.append("\r\n").append(body);
  if (server.send(request))
    if (auto answer = read_answer(server.receive())) return answer;
  return fail(errc::unavailable, fmt::format("the server at {} does not answer: look into what it logs", path));
}

} // namespace parley::tool
