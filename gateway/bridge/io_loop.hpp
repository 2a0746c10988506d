#pragma once
// One io thread: an io_context with a loop of its own, so that the end of a turn is exact. A turn is everything that is
// ready now (at most `turn_handlers_max` handlers); then the turn-end hooks run: the actors' jobs first, then the hub's
// flush, so that all that a turn produced leaves in one system call a connection.
//
// In production a thread calls `run`. A test or the simulation may call `run_turn` instead, turn by turn in its own
// thread and under its own clock.
//
// Threads: `post`, `dispatch` and `stop` from any; everything else on the loop's own thread. Handlers, tasks and hooks
// must not throw.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace parley::gateway {

class io_loop {
public:
  using time = std::chrono::steady_clock::time_point;
  using steady_now = std::function<time()>;

  static constexpr int turn_handlers_max = 256;
  /// So often a hook may ask for the turn to go on before the sockets get their say again.
  static constexpr int turn_rounds_max = 64;

  /// `now` must not step back.
  explicit io_loop(std::size_t index, steady_now now = &std::chrono::steady_clock::now);
  ~io_loop();
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

  /// A task that waits for its time. Whoever holds it may destroy it at any moment, also from the task itself: then
  /// the task does not run any more. It does not run, either, once the loop is gone.
  class pending;
  struct cancel {
    void operator()(pending* waiting) const noexcept;
  };
  using timer = std::unique_ptr<pending, cancel>;
  /// Runs `task` on the loop once, `delay` from now. Of several that are due the one that is due first comes first.
  [[nodiscard]] timer after(std::chrono::milliseconds delay, std::function<void()> task);

  /// Hooks run at each turn's end in the order they were added. One that returns true has made more work: the turn
  /// starts over with the first hook (and what was posted), so that a later hook, the flush, sees all of it at once.
  /// Add them before `run`.
  void at_turn_end(std::function<bool()> hook);

  /// Runs until `stop`, once.
  void run();
  void stop();

  // For whoever drives the loop instead of `run`.
  /// One turn of what is ready by now, without waiting for anything. True when something was, and so may be again.
  bool run_turn();
  /// When the next timer is due; none: never.
  [[nodiscard]] std::optional<time> next_timer() const;
  /// While it lives the loop is the current one of this thread: somebody does a job on its behalf.
  class standing_in {
  public:
    explicit standing_in(io_loop& loop) noexcept;
    ~standing_in();
    standing_in(const standing_in&) = delete;
    standing_in& operator=(const standing_in&) = delete;

  private:
    io_loop* const outer_;
  };

private:
  struct due_first {
    bool operator()(const pending* a, const pending* b) const noexcept;
  };

  bool drain_posted();
  /// Whether any hook has made work, and whether some of it is left.
  struct turn_end {
    bool worked, unfinished;
  };
  turn_end end_turn();
  bool fire_due();
  /// Sets the context's own timer for the first of ours. Only while `run` waits for it.
  void arm();

  const std::size_t index_;
  boost::asio::io_context context_;
  std::vector<std::function<bool()>> hooks_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_; // guarded by mutex_
  std::atomic<bool> stopped_ = false;

  const steady_now now_;
  std::set<pending*, due_first> pending_; ///< owned by who asked
  std::uint64_t timers_made_ = 0;
  std::optional<boost::asio::steady_timer> alarm_; ///< only while `run` runs
  time armed_for_ = time::max();
};

} // namespace parley::gateway
