#pragma once
// Where the projector writes: PostgreSQL in production (pg/store.hpp), memory in a simulation. Used by one thread.
//
// The order is open, then any number of (begin, apply..., commit | rollback). Errors: errc::unavailable means "try
// again from `open`"; anything else means that the data or the store's shape is refused and that trying again is
// pointless. A failed call leaves nothing behind of its transaction, with one exception: after a failed `commit` it is
// unknown whether the transaction took effect, and the next `begin` tells.

#include "events/errors.hpp"
#include "projections/changes.hpp"

namespace parley {

class read_store {
public:
  virtual ~read_store() = default;

  /// Connects anew and brings the tables to this program's version.
  [[nodiscard]] virtual result<void> open() = 0;
  /// Starts a transaction that nobody else's overlaps and gives the checkpoint: the last position applied.
  [[nodiscard]] virtual result<position> begin() = 0;
  /// Writes the rows of `changes`, whose `from` must be the checkpoint. Messages of rooms with history "none" are
  /// dropped.
  [[nodiscard]] virtual result<void> apply(const change_set& changes) = 0;
  /// Moves the checkpoint to `to` and ends the transaction; all of it took effect on success.
  [[nodiscard]] virtual result<void> commit(position to) = 0;
  virtual void rollback() noexcept = 0;
  /// From any thread: makes the call under way, and all later ones, fail with errc::unavailable soon.
  virtual void interrupt() noexcept = 0;
};

} // namespace parley
