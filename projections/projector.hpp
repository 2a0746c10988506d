#pragma once
// The thread that runs a projection (projection_run.hpp): it waits for the log, it does not poll it. A store that is
// away is tried again with growing pauses; the log goes on meanwhile. What the store refuses stops the projection until
// the server is started again.

#include "projections/projection_run.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace parley {

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
  void wait(const projection_run::log_beyond& what);
  void wait(const projection_run::pause& what);

  const event_log& log_;
  read_store& store_;
  projection_run run_; // the thread's, but for its end
  std::mutex mutex_;
  std::condition_variable ended_;
  std::thread thread_;
};

} // namespace parley
