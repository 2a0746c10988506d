#pragma once
// Wakes a thread that waits for PostgreSQL, so that a shutdown does not wait for a server that hangs. An eventfd.
// Thread-safe; once raised it stays raised.

namespace parley::pg {

class interrupter {
public:
  interrupter();
  ~interrupter();
  interrupter(const interrupter&) = delete;
  interrupter& operator=(const interrupter&) = delete;

  void raise() noexcept;
  /// Readable once raised.
  [[nodiscard]] int descriptor() const noexcept { return fd_; }

private:
  int fd_;
};

} // namespace parley::pg
