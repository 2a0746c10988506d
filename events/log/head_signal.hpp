#pragma once
// The durable head, and waiting for it to move. Any thread.

#include "events/ids.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace parley {

class head_signal {
public:
  [[nodiscard]] position get() const noexcept { return head_.load(std::memory_order_acquire); }

  void publish(position head) {
    {
      // Under the lock, so that nobody who just looked and is about to wait misses it.
      const std::lock_guard lock{mutex_};
      head_.store(head, std::memory_order_release);
    }
    moved_.notify_all();
  }

  position wait_beyond(position after, std::chrono::milliseconds timeout) const {
    if (get() > after) return get();
    std::unique_lock lock{mutex_};
    moved_.wait_for(lock, timeout, [&] { return get() > after || stopped_; });
    return get();
  }

  void stop() noexcept {
    {
      const std::lock_guard lock{mutex_};
      stopped_ = true;
    }
    moved_.notify_all();
  }

private:
  std::atomic<position> head_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  bool stopped_ = false;
};

} // namespace parley
