#pragma once
// The place where a log keeps itself: its tables, the record HEAD beside them, and the right to be there alone. A
// directory in production (directory_storage), a faulty disk in memory in the simulation.
//
// Whoever holds a log_storage holds the place: making one claims it, destroying it gives it free. The log owns one.
// Threads: `write_head` and `reset_head` by one thread at a time, the rest by another one at a time.

#include "events/clock.hpp"
#include "events/ids.hpp"
#include "events/log/store.hpp"

namespace parley {

class log_storage {
public:
  virtual ~log_storage() = default;

  /// Is there room for more, and does the disk take it? errc::log_unavailable says why not and what to do.
  [[nodiscard]] virtual result<void> probe() = 0;
  /// The tables, made when missing (to write). One store at a time: the earlier one must be gone. `clock` tells which
  /// outcomes have expired; it and this storage must outlive the store. errc::corrupt when they do not check,
  /// errc::precondition_failed when they are another version's.
  [[nodiscard]] virtual result<std::unique_ptr<store>> open_tables(store::access mode, const clock_source& clock) = 0;

  // HEAD: a position that was durable at some time. It may lag behind the log's head but is never ahead of it, so a log
  // that ends before it has lost acknowledged events (schema/log-format.md).

  /// Nothing when none was ever written; errc::corrupt when it is damaged.
  [[nodiscard]] virtual result<std::optional<position>> read_head() = 0;
  /// Synced. A write that is cut off leaves the one before.
  [[nodiscard]] virtual result<void> write_head(position head) = 0;
  /// Makes it say `head` although it may have said more: after a loss was accepted.
  [[nodiscard]] virtual result<void> reset_head(position head) = 0;
};

} // namespace parley
