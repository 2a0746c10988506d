#pragma once
// Follows the log and applies it to the read models: one plain thread, batch after batch, each with its checkpoint in
// one transaction, so that every event is applied exactly once whatever dies in between. It waits for the log, it does
// not poll it.
//
// A store that is away is opened again with growing pauses; the log goes on meanwhile. An event that cannot be decoded,
// or whose data the store refuses, is never skipped: everything before it is applied, then the projection stops with a
// message that names it, and stays stopped until the server is started again.

#include "events/log/event_log.hpp"
#include "projections/progress.hpp"
#include "projections/read_store.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace parley {

struct projector_options {
  std::size_t batch_events = 1000;
  std::size_t batch_bytes = 4 * 1024 * 1024;
  std::chrono::milliseconds backoff_min{100}, backoff_max{5000};
};

class projector {
public:
  /// All outlive the projector.
  projector(const event_log& log, read_store& store, projection_progress& progress, projector_options options = {});
  /// Stops.
  ~projector();
  projector(const projector&) = delete;
  projector& operator=(const projector&) = delete;

  void start();
  /// Ends the thread, within the log's waiting time (a quarter of a second) and without waiting for a store that
  /// hangs. What is committed stays. Idempotent.
  void stop();

private:
  void run();
  /// Applies until the store fails; says how.
  [[nodiscard]] error follow();
  /// At most `limit` events in one transaction. Gives how many.
  [[nodiscard]] result<std::size_t> apply_batch(std::size_t limit);
  /// Waits for the log to pass `after`.
  void wait_beyond(position after);
  /// False when stopped meanwhile.
  bool pause(std::chrono::milliseconds how_long);
  [[nodiscard]] bool stopping() const;

  const event_log& log_;
  read_store& store_;
  projection_progress& progress_;
  const projector_options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false; // guarded by mutex_
  std::chrono::milliseconds backoff_;
  position checkpoint_ = 0;
  std::thread thread_;
};

} // namespace parley
