#pragma once
// The log as batches of changes: read and folded one at a time, or on a thread of its own, a few batches ahead of
// whoever applies them, so that the database never waits for the decoding.

#include "projections/changes.hpp"
#include "projections/record_source.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace parley {

struct batch_limits {
  std::size_t events;
  std::size_t bytes; ///< of the records
};

/// One batch after `from` and not beyond `to`. errc::corrupt when the log ends before; else as record_source fails.
[[nodiscard]] result<change_set> read_batch(record_source& source, const batch_limits& limits, position from,
                                            position to);

/// Reads ahead from its making on; the source is used by its thread alone until it is gone.
class read_ahead {
public:
  read_ahead(record_source& source, const batch_limits& limits, position from, position to);
  ~read_ahead();
  read_ahead(const read_ahead&) = delete;
  read_ahead& operator=(const read_ahead&) = delete;

  /// The next batch; waits for it. Not to be called after the one that reached `to`, or that failed.
  [[nodiscard]] result<change_set> take();

private:
  void run(record_source& source, const batch_limits& limits, position from, position to);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<result<change_set>> ready_; // guarded by mutex_
  bool stopping_ = false;                // guarded by mutex_
  std::thread thread_;
};

} // namespace parley
