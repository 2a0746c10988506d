#pragma once
// Makes the read models anew from the log, beside the live ones, compares both and swaps: also while a server serves
// them and its projector goes on. One call, on the caller's thread and one helper that decodes ahead.
//
//   1. fresh tables in schema parley_next, filled from position 0 in big batches by COPY, up to the log's head
//   2. with the swap lock held for a moment (the live projector pauses between two transactions) the fresh tables are
//      brought to the live position, and a snapshot of both is taken; they are compared in it, without the lock
//   3. caught up again, then under the lock: the last few events, and one transaction that renames the schemas
//
// The live projector's next transaction finds the same position in the swapped tables (see pg/store.hpp) and goes on,
// so no event is lost or applied twice. A failure at any point leaves the live tables as they were.

#include "projections/pg/connection.hpp"
#include "projections/record_source.hpp"

#include <functional>
#include <string>
#include <vector>

namespace parley {

struct table_difference {
  std::string table;
  std::uint64_t only_live = 0, only_rebuilt = 0; ///< rows that the other side does not have
};

struct rebuild_report {
  position at = 0;                      ///< where the rebuilt tables stood when they became the live ones
  std::chrono::milliseconds building{}; ///< how long step 1 took
  position built = 0;                   ///< events applied in it
  position live_at = 0;                 ///< where the live tables stood before
  bool compared = false;                ///< false: the live tables did not come as far as the log
  position compared_at = 0;
  std::vector<table_difference> differences; ///< of tables that differ; the log is right
};

struct rebuild_options {
  std::string database_url;
  std::size_t batch_events = 10'000;
  std::size_t batch_bytes = 32 * 1024 * 1024;
  /// How long the live tables may stand still behind the log before they are not compared.
  std::chrono::milliseconds live_patience{5000};
};

/// Called about once a batch with what is applied and where the log's head is.
using rebuild_progress = std::function<void(position applied, position head)>;

/// errc::conflict when another rebuild runs; else as record_source and pg::connection fail.
[[nodiscard]] result<rebuild_report> rebuild(record_source& source, const rebuild_options& options,
                                             const rebuild_progress& told = {});

/// What the database holds; errc::not_found when there are no read models.
struct read_model_status {
  position applied = 0;
  std::vector<std::pair<std::string, std::uint64_t>> rows; ///< by table
};
[[nodiscard]] result<read_model_status> read_status(const std::string& database_url);

} // namespace parley
