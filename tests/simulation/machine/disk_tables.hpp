#pragma once
// What a simulated disk holds of a log: the tables in order, and before them the write-ahead log of the batches written
// last. A batch is visible at once; the write-ahead log keeps what takes it back, until a flush. So opening, crashing
// and losing batches cost what they change, however long the log is.
//
// One thread. No faults are decided here: simulated_disk does that.

#include "events/clock.hpp"
#include "events/ids.hpp"
#include "events/log/store.hpp"

#include <array>
#include <map>
#include <vector>

namespace parley::simulation {

/// An entry as it is to be; without a value: that there be none.
struct change {
  table in;
  std::string key;
  std::optional<std::string> value;
};
using changes = std::vector<change>;

class disk_tables {
public:
  using entries = std::map<std::string, std::string, std::less<>>;

  /// The write-ahead log is flushed when it holds `batches_max` batches (≥ 1).
  explicit disk_tables(std::size_t batches_max)
    : batches_max_{batches_max} {}

  [[nodiscard]] const entries& of(table t) const { return tables_[static_cast<std::size_t>(t)]; }
  /// Moves on with every change, so that a cursor can tell that it is out of date.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

  /// A whole batch at the end of the write-ahead log, synced.
  void commit(changes batch);
  /// What the write-ahead log holds is in the tables alone from now on.
  void flush();
  /// Drops the outcomes that expired at `now` or before, and flushes.
  void drop_expired(time_point now);
  /// How many batches the write-ahead log holds.
  [[nodiscard]] std::size_t batches() const noexcept { return ahead_.size(); }

  // Damage, until `repair`.

  /// Changes a bit of the batch that stands at `index` in the write-ahead log; its checksum does not hold any more.
  void flip_batch(std::size_t index) { ahead_.at(index).checks = false; }
  /// Every batch of the write-ahead log matches its checksum.
  [[nodiscard]] bool checks() const;
  /// The records up to this position are in the tables alone.
  [[nodiscard]] position flushed_records() const;
  /// Changes one bit of the record at `p` (1 to flushed_records()); `bit` counts from its start, round and round.
  void flip_record(position p, std::size_t bit);
  /// How many batches must be cut off until the log's head (in `meta`) is before `head`; 0: no number of them will do.
  [[nodiscard]] std::size_t batches_back_to_before(position head) const;
  /// Cuts the last batch off the write-ahead log, which must hold one.
  void lose_last();
  /// As it would be without the damage done since the last repair. Batches written after a loss stay, the lost are
  /// gone.
  void repair();
  [[nodiscard]] bool damaged() const;

private:
  struct batch_ahead {
    changes undo;
    bool checks = true;
  };
  struct flip {
    position at;
    std::size_t bit;
  };
  [[nodiscard]] changes apply(changes batch);
  void toggle(const flip& f);

  std::size_t batches_max_;
  std::array<entries, table_count> tables_;
  std::vector<batch_ahead> ahead_;
  std::vector<changes> lost_; ///< what would make the lost batches again, the last of them first
  std::vector<flip> flips_;
  std::uint64_t generation_ = 0;
};

} // namespace parley::simulation
