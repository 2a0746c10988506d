#pragma once
// One io thread: an io_context with a loop of its own, so that the end of a turn is exact. A turn is everything that is
// ready now (at most `turn_handlers_max` handlers); then the turn-end hooks run: the actors' jobs first, then the hub's
// flush, so that all that a turn produced leaves in one system call a connection.
//
// Threads: `post`, `dispatch` and `stop` from any; everything else on the loop's own thread. Handlers, tasks and hooks
// must not throw.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <mutex>
#include <vector>

namespace parley::gateway {

class io_loop {
public:
  static constexpr int turn_handlers_max = 256;
  /// So often a hook may ask for the turn to go on before the sockets get their say again.
  static constexpr int turn_rounds_max = 64;

  explicit io_loop(std::size_t index);
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  /// True on the thread that runs this loop.
  [[nodiscard]] bool is_current() const noexcept;
  /// The loop that runs on this thread; null elsewhere.
  [[nodiscard]] static io_loop* current() noexcept;

  /// Runs `task` on the loop's thread, in the order of the calls; many posts between two turns cost one wake-up.
  void post(std::function<void()> task);
  /// Runs `task` at once when on the loop's thread, else posts it.
  void dispatch(std::function<void()> task);

  /// Hooks run at each turn's end in the order they were added. One that returns true has made more work: the turn
  /// starts over with the first hook (and what was posted), so that a later hook, the flush, sees all of it at once.
  /// Add them before `run`.
  void at_turn_end(std::function<bool()> hook);

  /// Runs until `stop`, once.
  void run();
  void stop();

private:
  bool drain_posted();
  bool end_turn();

  const std::size_t index_;
  boost::asio::io_context context_;
  std::vector<std::function<bool()>> hooks_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_; // guarded by mutex_
  std::atomic<bool> stopped_ = false;
};

} // namespace parley::gateway
