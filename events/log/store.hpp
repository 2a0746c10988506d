#pragma once
// The ordered key-value store under the log: tables of byte strings, atomic synced batches, ordered reads. RocksDB in
// production (rocksdb_store), memory with a faulty disk under it in the simulation (tests/simulation/simulated_disk).
// What the tables hold is described in schema/log-format.md.
//
// Threads: batches are made and written by one thread at a time; everything else by any thread. A batch and a cursor
// belong to one thread and must not outlive their store.

#include "events/errors.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// RocksDB calls these column families. The order is that of their handles.
enum class table : std::uint8_t { log, streams, commands, snapshots, timers, meta };
inline constexpr std::size_t table_count = 6;

class store {
public:
  enum class access : std::uint8_t {
    write,         ///< the one process that owns the log
    write_lenient, ///< the same, but write-ahead files that should be there may be missing (after accepting a loss)
    read_only,     ///< the owner again, whose disk refuses writes: as it is now
    beside_owner,  ///< another process, while the owner may write: as it is now. Holds every file open
    follow,        ///< the same, and `catch_up` shows what the owner wrote since
  };

  /// What is to be written at once. Bytes given to it are copied.
  class batch {
  public:
    virtual ~batch() = default;
    virtual void put(table t, std::string_view key, std::string_view value) = 0;
    virtual void erase(table t, std::string_view key) = 0;
    /// All of it, durable, or an error; at most once. After an error nothing of it is visible in its store, and no
    /// write succeeds until the store is opened anew.
    [[nodiscard]] virtual result<void> write() = 0;
  };

  class cursor {
  public:
    virtual ~cursor() = default;
    /// To the first entry with a key >= `key`.
    virtual void seek(std::string_view key) = 0;
    /// To the last entry with a key <= `key`.
    virtual void seek_back(std::string_view key) = 0;
    virtual void seek_to_last() = 0;
    virtual void next() = 0;
    virtual void previous() = 0;
    /// False past either end, and after a failure: `check` tells which.
    [[nodiscard]] virtual bool valid() const = 0;
    /// Valid until the cursor moves.
    [[nodiscard]] virtual std::string_view key() const = 0;
    [[nodiscard]] virtual std::string_view value() const = 0;
    [[nodiscard]] virtual result<void> check() const = 0;
  };

  virtual ~store() = default;

  [[nodiscard]] virtual std::unique_ptr<batch> new_batch() = 0;
  [[nodiscard]] virtual result<std::optional<std::string>> get(table t, std::string_view key) const = 0;
  [[nodiscard]] virtual std::unique_ptr<cursor> scan(table t) const = 0;
  /// Rewrites a table, dropping what has expired.
  [[nodiscard]] virtual result<void> compact(table t) = 0;
  [[nodiscard]] virtual result<void> catch_up() = 0;
};

} // namespace parley
