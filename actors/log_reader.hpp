#pragma once
// Reads of the log that may touch the disk, off the threads that run actors: entities that recover, and readers that
// catch up. A few plain threads behind one queue.

#include "actors/messages.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace parley {

class log_reader {
public:
  static constexpr std::size_t page_events = 512; ///< records read at a time
  static constexpr std::size_t page_bytes = 1024 * 1024;
  static constexpr std::size_t queue_max = 262'144; ///< reads waiting; beyond it they are refused

  log_reader(const event_log& log, std::size_t threads);
  ~log_reader();

  /// See log_port::load.
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot);
  /// Calls `done` on a reader thread with at most `limit` records after `after`, or errc::unavailable when too many
  /// reads wait (then on the caller's thread).
  void read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
            std::function<void(result<std::vector<record>>)> done);
  /// Answers what waits and ends the threads.
  void stop();

private:
  void run();
  [[nodiscard]] bool enqueue(std::function<void()> task);

  const event_log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_; // guarded by mutex_
  bool stopping_ = false;                   // guarded by mutex_
  std::vector<std::thread> threads_;
};

} // namespace parley
