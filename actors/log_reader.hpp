#pragma once
// Reads of the log that may touch the disk, off the threads that run actors: entities that recover, and readers that
// catch up. A few plain threads behind one queue.

#include "actors/log_read.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace parley {

class log_reader final : public page_source {
public:
  static constexpr std::size_t queue_max = 262'144; ///< reads waiting; beyond it they are refused

  log_reader(const event_log& log, std::size_t threads);
  ~log_reader() override;

  /// See log_port::load.
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot);
  /// Calls `done` on a reader thread; on the caller's when too many reads wait.
  void read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
            std::function<void(result<std::vector<record>>)> done) override;
  /// See log_port::follow.
  void follow(caf::strong_actor_ptr sink, position after);
  /// Answers what waits and ends the threads.
  void stop();

private:
  void run();
  /// Refuses it when there are too many.
  void enqueue(log_read asked);

  const event_log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<log_read> queue_; // guarded by mutex_
  bool stopping_ = false;      // guarded by mutex_
  std::vector<std::thread> threads_;
};

} // namespace parley
