#include "projections/projector.hpp"

namespace parley {
namespace {

/// The longest single wait for the log. It bounds `stop`, since only the log's owner may wake the log's waiters.
constexpr std::chrono::milliseconds log_wait{250};

} // namespace

projector::projector(const event_log& log, read_store& store, projection_progress& progress, projector_options options)
  : log_{log}
  , store_{store}
  , run_{log, store, progress, options} {}

projector::~projector() { stop(); }

void projector::start() {
  thread_ = std::thread{[this] { run(); }};
}

void projector::stop() {
  {
    const std::lock_guard lock{mutex_}; // so that nobody who just looked and is about to wait misses it
    run_.end();
  }
  ended_.notify_all();
  store_.interrupt();
  if (thread_.joinable()) thread_.join();
}

void projector::run() {
  for (;;) {
    const auto next = run_.step();
    if (std::holds_alternative<projection_run::over>(next)) return;
    if (const auto* log = std::get_if<projection_run::log_beyond>(&next)) wait(*log);
    if (const auto* pause = std::get_if<projection_run::pause>(&next)) wait(*pause);
  }
}

void projector::wait(const projection_run::pause& what) {
  std::unique_lock lock{mutex_};
  ended_.wait_for(lock, what.how_long, [this] { return run_.ended(); });
}

void projector::wait(const projection_run::log_beyond& what) {
  const auto begun = std::chrono::steady_clock::now();
  const auto head = log_.wait_beyond(what.after, log_wait);
  // A log that wakes its waiters for shutdown returns at once from now on: do not spin until we are stopped as well.
  if (head <= what.after && std::chrono::steady_clock::now() - begun < log_wait) wait(projection_run::pause{log_wait});
}

} // namespace parley
