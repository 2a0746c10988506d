#pragma once
// A disk in memory that fails the way disks fail, for the log of production (stored_log) to stand on in the simulation.
// Its state outlives the log, and crashes: after `crash` the old log is destroyed and a new one opened on a new claim.
//
// One thread. Every choice follows from the generator given at the start and the calls made, so the same calls meet the
// same faults. Faults come by the weights of `disk_faults`, or exactly, by the calls below. A slow disk is not modelled
// here: time passes in the layer above.
//
// What a fault leaves is what RocksDB with kTolerateCorruptedTailRecords makes of it: a batch whose sync failed is
// found whole or not at all, one torn at the end of the write-ahead log is cut off at the next opening, and damage
// before the end refuses to open. schema/log-format.md says what the log promises on top.

#include "events/log/log_storage.hpp"
#include "tests/simulation/machine/disk_faults.hpp"
#include "tests/support/seeded.hpp"

#include <map>

namespace parley::simulation {

class simulated_disk {
public:
  /// The write-ahead log is flushed into the tables when it holds `batches_max` batches, and at each opening.
  explicit simulated_disk(test::seeded random, const disk_faults& faults = {}, std::size_t batches_max = 256);
  simulated_disk(const simulated_disk&) = delete;
  simulated_disk& operator=(const simulated_disk&) = delete;
  ~simulated_disk();

  /// A place for one log; errc::conflict while another is held. Must not outlive the disk.
  [[nodiscard]] result<std::unique_ptr<log_storage>> claim();
  /// The process and the machine stop: whatever was claimed or opened answers errc::log_unavailable from now on, and an
  /// unsynced batch meets its fate. To crash in the middle of a write: `fail_next_sync`, append, then this, before
  /// anybody sees the answers.
  void crash();
  /// Replaces the weights; the simulation ends a run with a disk that works.
  void set_faults(const disk_faults& faults);
  /// Nothing fails any more, not what was to fail next either. Damage that is done stays.
  void heal();

  // Faults of the operations to come.

  void fail_next_write();
  void fail_next_sync(tail left);
  /// While full, writes, HEAD and `probe` fail.
  void set_full(bool full);
  [[nodiscard]] bool full() const noexcept;
  /// The next `count` reads fail; 0 ends what was begun.
  void fail_reads(std::uint64_t count);

  // Damage to what is kept, until `repair`. Each answers whether there was something to damage.

  /// The last write of HEAD since the last crash did not reach the disk, or a part of it did.
  bool lose_head();
  bool tear_head();
  bool flip_wal_bit();
  /// Of the record at `p`, or of any.
  bool flip_record_bit(position p);
  bool flip_record_bit();
  /// The last `batches` synced batches vanish; answers how many did, at most those of the write-ahead log.
  std::size_t lose_synced(std::size_t batches);
  /// So many that HEAD knows of more than is left. Nothing, when the write-ahead log does not reach back so far.
  bool lose_acknowledged();
  /// Undoes bit flips and losses, as restoring a backup of the moment before would.
  void repair();
  [[nodiscard]] bool damaged() const;

  /// While one lives reads do not fail: a checker that looks at the log is no part of the run.
  class undisturbed {
  public:
    explicit undisturbed(simulated_disk& disk);
    ~undisturbed();
    undisturbed(const undisturbed&) = delete;
    undisturbed& operator=(const undisturbed&) = delete;

  private:
    simulated_disk& disk_;
  };

  /// What was injected so far, by kind; `tail dropped` counts the torn batches that an opening found and cut off.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& injected() const noexcept;

private:
  std::unique_ptr<class disk_state> state_;
};

} // namespace parley::simulation
