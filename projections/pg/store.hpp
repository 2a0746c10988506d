#pragma once
// The read models in PostgreSQL (schema/sql). A transaction is two exchanges: one that takes the lock and reads the
// checkpoint, and one pipeline with every statement, the new checkpoint and COMMIT.
//
// The protocol that makes swapping in rebuilt tables safe: every writing transaction first takes `swap_lock` shared,
// then reads the checkpoint (which it locks, so that writers follow one another). A swap takes `swap_lock` exclusively,
// so it runs while no writer is between two statements, and the next writer resolves all its tables, the checkpoint
// among them, after the swap.

#include "projections/pg/connection.hpp"
#include "projections/read_store.hpp"

namespace parley::pg {

inline constexpr std::string_view swap_lock_shared = "SELECT pg_advisory_xact_lock_shared(7235421, 2)";
inline constexpr std::string_view swap_lock_exclusive = "SELECT pg_advisory_xact_lock(7235421, 2)";

/// Queues the statements that write `changes` (tables.cpp).
[[nodiscard]] result<void> queue_changes(connection& db, const change_set& changes);
/// The same without the messages.
[[nodiscard]] result<void> queue_states(connection& db, const change_set& changes);

class store final : public read_store {
public:
  explicit store(connect_options options);

  [[nodiscard]] result<void> open() override;
  [[nodiscard]] result<position> begin() override;
  [[nodiscard]] result<void> apply(const change_set& changes) override;
  [[nodiscard]] result<void> commit(position to) override;
  void rollback() noexcept override;
  void interrupt() noexcept override { interrupter_.raise(); }

private:
  /// A connection that failed is of no more use.
  template <class T>
  result<T> checked(result<T> r);

  interrupter interrupter_;
  connect_options options_;
  std::optional<connection> db_;
  position checkpoint_ = 0;
  bool pending_ = false; ///< statements are queued that were not flushed
};

} // namespace parley::pg
