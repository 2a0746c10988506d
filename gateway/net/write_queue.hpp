#pragma once
// What waits to be sent on one connection: slices of blobs that other connections share, and bytes of its own. One
// gather write sends what has piled up. When the socket takes no more, what remains of shared blobs is copied, so that
// a slow reader pins no blob that others have long received.
//
// Owned by one connection, used on its loop. Knows no bound: its user looks at `bytes`.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

class write_queue {
public:
  enum class outcome {
    empty,   ///< all was taken
    blocked, ///< the socket is full: wait until it is writable
    broken   ///< the connection is gone
  };

  /// Queues a slice of a blob that stays as it is while referenced.
  void append(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size);
  /// Queues a copy.
  void append(std::string_view bytes);
  /// The end of the queue's own bytes: append whole frames to it, then tell how many bytes came by `appended`.
  [[nodiscard]] std::string& tail();
  void appended(std::size_t size) noexcept;

  /// Sends as much as the socket takes without waiting.
  [[nodiscard]] outcome flush(int socket);
  void clear() noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_ == 0; }
  /// Bytes ever taken by the socket.
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  /// Bytes that a socket took and the other side's TCP has not acknowledged (SIOCOUTQ); INT_MAX when nobody knows.
  [[nodiscard]] static int unacknowledged(int socket) noexcept;
  /// True while the last flush ended blocked.
  [[nodiscard]] bool blocked() const noexcept { return blocked_; }

private:
  struct slice {
    std::shared_ptr<const std::string> blob;
    std::size_t offset, size;
  };

  void consume(std::size_t size) noexcept;
  void unshare();
  void compact();

  std::vector<slice> slices_;
  std::size_t head_ = 0;             // slices before it are sent
  std::shared_ptr<std::string> own_; // the last slice's blob while it may grow, else null
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
  bool blocked_ = false;
};

} // namespace parley::gateway
