#pragma once
// Follows the log and applies it to the read models, step by step: batch after batch, each with its checkpoint in one
// transaction, so that every event is applied exactly once whatever dies in between. It neither waits nor reads a
// clock: each step says what to wait for before the next. In production a thread does (projector.hpp), in the
// simulation virtual time.
//
// A store that is away is opened again after growing pauses; a log that cannot be read is asked again after the same.
// An event that cannot be decoded, or whose data the store refuses, is never skipped: everything before it is applied,
// then the projection stops with a message that names it.
//
// One thread; `end` from any.

#include "events/log/event_log.hpp"
#include "projections/progress.hpp"
#include "projections/read_store.hpp"

#include <atomic>
#include <chrono>
#include <variant>

namespace parley {

struct projector_options {
  std::size_t batch_events = 1000;
  std::size_t batch_bytes = 4 * 1024 * 1024;
  std::chrono::milliseconds backoff_min{100}, backoff_max{5000};
};

class projection_run {
public:
  // What a step waits for next.
  struct more {}; ///< nothing: there is more to do
  struct log_beyond {
    position after; ///< the log's head to pass this
  };
  struct pause {
    std::chrono::milliseconds how_long;
  };
  struct over {}; ///< nothing ever: an event or the store's shape was refused, or it was told to end
  using next = std::variant<more, log_beyond, pause, over>;

  /// All outlive the run.
  projection_run(const event_log& log, read_store& store, projection_progress& progress, projector_options options);

  /// Opens the store, or applies one batch.
  [[nodiscard]] next step();
  /// The next step is the last, and a step under way tells nobody what failed in it.
  void end() noexcept { ended_ = true; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
  /// Opens the store and finds out how far it is.
  [[nodiscard]] result<next> open();
  [[nodiscard]] result<next> apply_next();
  /// At most `limit_` events in one transaction. Gives how many.
  [[nodiscard]] result<std::size_t> apply_batch();
  [[nodiscard]] next failed(const error& why);

  const event_log& log_;
  read_store& store_;
  projection_progress& progress_;
  const projector_options options_;
  bool open_ = false;
  position checkpoint_ = 0;
  std::size_t limit_;
  position suspect_until_ = 0; ///< something up to here was refused: small batches until it is passed
  std::chrono::milliseconds backoff_;
  bool stopped_ = false;
  std::atomic<bool> ended_ = false;
};

} // namespace parley
