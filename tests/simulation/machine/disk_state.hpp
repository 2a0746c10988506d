#pragma once
// What of a simulated disk outlives a crash: what is kept, and which faults are to come. It decides every fault and
// counts it; what the log sees of the disk, the handles of simulated_disk, asks it for each operation. One thread.

#include "events/errors.hpp"
#include "tests/simulation/machine/disk_faults.hpp"
#include "tests/simulation/machine/disk_tables.hpp"
#include "tests/support/seeded.hpp"

#include <map>

namespace parley::simulation {

[[nodiscard]] tl::unexpected<error> unavailable(const char* why);

class disk_state {
public:
  disk_state(test::seeded random, const disk_faults& weights, std::size_t batches_max)
    : faults{weights}
    , tables{batches_max}
    , random_{random} {}

  // What the log does, once for each operation; errc::log_unavailable when it meets a fault.

  [[nodiscard]] result<void> read();
  /// A batch, not empty, to be durable and visible, or as its fault leaves it.
  [[nodiscard]] result<void> write(changes batch);
  /// Opening the write-ahead log: a batch torn at its end is cut off, damage before it is errc::corrupt.
  [[nodiscard]] result<void> replay();
  /// One of HEAD's two lines.
  [[nodiscard]] result<void> write_head(position head, std::size_t line);

  // What the simulation does: as the members of simulated_disk with these names say.

  void crash();
  bool lose_head();
  bool tear_head();
  bool flip_wal_bit();
  bool flip_record_bit(position p);
  bool flip_record_bit();
  std::size_t lose_synced(std::size_t batches);
  bool lose_acknowledged();

  /// A handle is of the boot in which it was made; those of an earlier one are dead.
  [[nodiscard]] result<void> running(std::uint64_t boot_of_handle) const;
  std::uint64_t boot = 0;
  bool claimed = false, open = false;

  disk_faults faults;
  bool full = false, next_write_fails = false;
  std::optional<tail> next_sync_fails;
  std::uint64_t failing_reads = 0;
  unsigned observers = 0; ///< whose reads do not fail
  std::map<std::string, std::uint64_t> injected;

  disk_tables tables;
  std::string head_text; ///< the bytes of HEAD

private:
  /// A batch that was written and not synced, as far as it is on the disk.
  struct unsynced_batch {
    changes written;
    bool whole;
  };
  struct head_write {
    std::string before; ///< all of HEAD
    std::size_t at;     ///< where the line began
  };
  void leave(changes batch, tail left);
  void count(const char* kind) { ++injected[kind]; }
  [[nodiscard]] bool happens(std::uint32_t weight);

  test::seeded random_;
  std::optional<unsynced_batch> unsynced_;
  std::optional<head_write> last_head_write_; ///< while a crash may still take it back
};

} // namespace parley::simulation
