#pragma once
// How far the projections have come, for those who want to read what they wrote. Thread-safe.

#include "events/ids.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace parley {

enum class projection_state {
  starting,
  running,     ///< applies what comes
  unreachable, ///< the database, or the log, cannot be had just now; tried again, ever more slowly
  stopped,     ///< an event or the database's shape was refused: needs an operator; see the message
  ended,       ///< shut down
};
[[nodiscard]] std::string_view text_of(projection_state s) noexcept;

struct projection_status {
  projection_state state = projection_state::starting;
  position applied = 0;
  std::string message; ///< why it does not run; empty while it runs
};

class projection_progress {
public:
  using ticket = std::uint64_t;

  [[nodiscard]] position applied() const noexcept { return applied_.load(std::memory_order_acquire); }
  [[nodiscard]] projection_status status() const;

  /// Calls `wake` once when `p` is applied: at once on this thread if it is already, else on the projector's thread,
  /// which it must not keep. The ticket cancels.
  ticket when_applied(position p, std::function<void()> wake);
  /// After this returns `wake` is not called any more, unless it is running now.
  void cancel(ticket t);

  // The projector's side.
  /// What the store holds. It may go back: read models that were dropped start again.
  void applied(position p);
  void state(projection_state s, std::string message = {});

private:
  struct waiter {
    ticket id;
    std::function<void()> wake;
  };
  std::atomic<position> applied_{0};
  mutable std::mutex mutex_;
  projection_state state_ = projection_state::starting; // guarded by mutex_
  std::string message_;                                 // guarded by mutex_
  std::multimap<position, waiter> waiters_;             // guarded by mutex_
  ticket next_ticket_ = 1;                              // guarded by mutex_
};

} // namespace parley
