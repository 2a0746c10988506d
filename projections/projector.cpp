#include "projections/projector.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace parley {
namespace {

/// The longest single wait for the log. It bounds `stop`, since only the log's owner may wake the log's waiters.
constexpr std::chrono::milliseconds log_wait{250};

} // namespace

projector::projector(const event_log& log, read_store& store, projection_progress& progress, projector_options options)
  : log_{log}
  , store_{store}
  , progress_{progress}
  , options_{options}
  , backoff_{options.backoff_min} {}

projector::~projector() { stop(); }

void projector::start() {
  thread_ = std::thread{[this] { run(); }};
}

void projector::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  store_.interrupt();
  if (thread_.joinable()) thread_.join();
}

bool projector::stopping() const {
  const std::lock_guard lock{mutex_};
  return stopping_;
}

bool projector::pause(std::chrono::milliseconds how_long) {
  std::unique_lock lock{mutex_};
  return !wake_.wait_for(lock, how_long, [this] { return stopping_; });
}

void projector::run() {
  while (!stopping()) {
    const auto failure = follow();
    if (stopping()) break;
    if (failure.code != errc::unavailable) {
      spdlog::error("projections stopped: {}", text_of(failure));
      progress_.state(projection_state::stopped, std::string{text_of(failure)});
      pause(std::chrono::hours{24 * 365});
      break;
    }
    if (progress_.status().state != projection_state::unreachable)
      spdlog::warn("projections wait for their database: {}", text_of(failure));
    progress_.state(projection_state::unreachable, std::string{text_of(failure)});
    pause(backoff_);
    backoff_ = std::min(backoff_ * 2, options_.backoff_max);
  }
  if (progress_.status().state != projection_state::stopped) progress_.state(projection_state::ended);
}

error projector::follow() {
  if (auto opened = store_.open(); !opened) return opened.error();
  const auto checkpoint = store_.begin();
  if (!checkpoint) return checkpoint.error();
  store_.rollback();
  checkpoint_ = *checkpoint;
  progress_.applied(checkpoint_);
  progress_.state(projection_state::running);

  auto limit = options_.batch_events;
  position suspect_until = 0;
  while (!stopping()) {
    const auto applied = apply_batch(limit);
    if (!applied && applied.error().code != errc::unavailable && limit > 1) {
      // Something in the batch is refused: smaller batches bring us to just before it, then it stands alone.
      suspect_until = std::max(suspect_until, checkpoint_ + limit);
      limit = limit / 2;
      if (auto opened = store_.open(); !opened) return opened.error();
      continue;
    }
    if (checkpoint_ >= suspect_until) limit = options_.batch_events;
    if (!applied) return applied.error();
    backoff_ = options_.backoff_min;
    if (*applied == 0) wait_beyond(checkpoint_);
  }
  return {errc::unavailable, "stopped"};
}

result<std::size_t> projector::apply_batch(std::size_t limit) {
  const auto head = log_.head();
  if (checkpoint_ > head)
    return fail(errc::precondition_failed,
                "the read models stand at " + std::to_string(checkpoint_) + ", beyond the log's head " +
                    std::to_string(head) +
                    ": they were made from another log. Point the server at its own database, "
                    "or drop the read models (DROP SCHEMA parley CASCADE) to have them made anew.");
  if (checkpoint_ == head) return 0;
  const auto records = log_.read(checkpoint_, limit, options_.batch_bytes);
  if (!records) return tl::make_unexpected(records.error());
  const auto changes = fold(checkpoint_, *records);
  if (!changes) return tl::make_unexpected(changes.error());

  const auto at = store_.begin();
  if (!at) return tl::make_unexpected(at.error());
  if (*at != checkpoint_) {
    // Somebody else moved it: a rebuild that was swapped in, another server, or tables made anew.
    store_.rollback();
    checkpoint_ = *at;
    progress_.applied(checkpoint_);
    return records->size();
  }
  auto written = store_.apply(*changes);
  if (written)
    written = store_.commit(changes->to);
  else
    store_.rollback();
  if (!written && records->size() == 1 && written.error().code != errc::unavailable)
    return fail(written.error().code, "event " + std::to_string(changes->to) + " (" + records->front().type + " of " +
                                          records->front().stream.text +
                                          ") was refused: " + std::string{text_of(written.error())});
  if (!written) return tl::make_unexpected(written.error());
  checkpoint_ = changes->to;
  progress_.applied(checkpoint_);
  return records->size();
}

void projector::wait_beyond(position after) {
  const auto begun = std::chrono::steady_clock::now();
  const auto head = log_.wait_beyond(after, log_wait);
  // A log that wakes its waiters for shutdown returns at once from now on: do not spin until we are stopped as well.
  if (head <= after && std::chrono::steady_clock::now() - begun < log_wait) pause(log_wait);
}

} // namespace parley
