#pragma once
// What can go wrong with a simulated disk by itself, and how often.

#include <cstdint>

namespace parley::simulation {

/// What becomes of a batch that was written and not synced, found at the next opening.
enum class tail : std::uint8_t { lost, kept, torn };

/// How often faults come by themselves: so many in a million of the operations named. 0: never.
struct disk_faults {
  // Of each batch written.
  std::uint32_t write_fails = 0; ///< before anything of it is written
  std::uint32_t sync_fails = 0;  ///< lost, kept and torn alike often
  std::uint32_t fills_up = 0;    ///< and stays full until `set_full(false)`
  // Of each `get` and each move of a cursor.
  std::uint32_t reads_fail = 0;
  std::uint32_t failing_reads_max = 30; ///< it and up to so many in all fail in a row
  // Of each crash.
  std::uint32_t head_lost = 0, head_torn = 0; ///< the last write of HEAD
  std::uint32_t wal_bit_flips = 0;            ///< in a synced batch of the write-ahead log
  std::uint32_t record_bit_flips = 0;         ///< in a record that has left the write-ahead log
  std::uint32_t acknowledged_lost = 0;        ///< as `lose_acknowledged`
};

} // namespace parley::simulation
