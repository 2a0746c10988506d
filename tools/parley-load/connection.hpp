#pragma once
// One client's socket: connecting, the HTTP upgrade, then frames both ways. Non-blocking; it says when it wants to be
// told that it may write. Everything read goes through one buffer that all connections share. One thread.

#include "tools/parley-load/frames.hpp"

#include <netinet/in.h>
#include <span>
#include <string>
#include <utility>

namespace parley::load {

/// Owns a file descriptor.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) noexcept
    : fd_{fd} {}
  descriptor(descriptor&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();
  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

private:
  int fd_ = -1;
};

enum class phase : std::uint8_t { connecting, upgrading, greeting, admission, joining, ready, closed };

/// What a connection is allowed to make us keep: a greeting or member list of a room of thousands fits.
constexpr std::size_t message_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t head_bytes_max = 16 * 1024;

class connection {
public:
  connection(std::uint32_t room, std::uint32_t member) noexcept
    : room_{room}
    , member_{member} {}

  /// Starts connecting. False when the system refuses (errno says why).
  [[nodiscard]] bool open(sockaddr_in const& address);
  /// The pending error of a socket that has become writable while connecting; 0: connected.
  [[nodiscard]] int connect_error() const noexcept;

  enum class read_state : std::uint8_t { data, nothing, ended };
  struct read_result {
    read_state state{};
    std::string_view bytes; ///< a view of the buffer
  };
  [[nodiscard]] read_result read(std::span<char> buffer) noexcept;

  /// Collects the answer to the upgrade request; true when its head is whole. `bytes` keeps what came after it.
  [[nodiscard]] bool collect_head(std::string_view& bytes);
  [[nodiscard]] std::string take_head() noexcept { return std::exchange(head_, {}); }

  void queue(std::string_view raw) { out_.append(raw); }
  void queue_frame(opcode code, std::string_view payload, std::uint32_t key) { append_frame(out_, code, payload, key); }

  enum class write_state : std::uint8_t { all, waiting, failed };
  /// Sends what is queued, in one call where the socket takes it.
  [[nodiscard]] write_state flush() noexcept;
  [[nodiscard]] std::size_t queued() const noexcept { return out_.size() - sent_; }

  /// Says goodbye as far as the socket takes it at once.
  void close(std::uint32_t key);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] std::uint32_t room() const noexcept { return room_; }
  [[nodiscard]] std::uint32_t member() const noexcept { return member_; }

  phase at = phase::connecting;
  frame_reader reader{message_bytes_max};
  bool dirty = false;            ///< queued for the flush at the end of the turn
  bool wants_writable = false;   ///< registered for EPOLLOUT
  std::uint32_t next_number = 0; ///< of the message this client sends next
  std::uint32_t due = 0;         ///< messages it may send in this turn

private:
  descriptor fd_;
  std::uint32_t room_;
  std::uint32_t member_;
  std::string head_;
  std::string out_;
  std::size_t sent_ = 0;
};

} // namespace parley::load
