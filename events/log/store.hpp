#pragma once
// The ordered key-value store under the RocksDB log: tables of byte strings, atomic synced batches, ordered reads.
// This header carries no RocksDB type, and store.cpp is the one source file that includes RocksDB.
//
// Threads: `write` by one thread at a time; everything else by any thread. A cursor belongs to one thread and must not
// outlive its store. What the tables hold is described in schema/log-format.md.

#include "events/clock.hpp"
#include "events/errors.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// RocksDB calls these column families. The order is that of their handles.
enum class table : std::uint8_t { log, streams, commands, snapshots, timers, meta };

class store {
public:
  enum class access : std::uint8_t {
    write,         ///< the one process that owns the log
    write_lenient, ///< the same, but WAL files the manifest names may be missing (after acknowledging a loss)
    read_only,     ///< as it is now; works beside the owner
    follow,        ///< read only, and `catch_up` shows what the owner wrote since
  };

  class batch {
  public:
    explicit batch(const store& into);
    ~batch();
    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;
    void put(table t, std::string_view key, std::string_view value);
    void erase(table t, std::string_view key);
    [[nodiscard]] bool empty() const;

  private:
    friend class store;
    struct impl;
    std::unique_ptr<impl> impl_;
  };

  class cursor {
  public:
    ~cursor();
    cursor(cursor&&) noexcept;
    cursor& operator=(cursor&&) noexcept;
    /// To the first entry with a key >= `key`.
    void seek(std::string_view key);
    /// To the last entry with a key <= `key`.
    void seek_back(std::string_view key);
    void seek_to_last();
    void next();
    void previous();
    /// False past either end, and after a failure: `check` tells which.
    [[nodiscard]] bool valid() const;
    /// Valid until the cursor moves.
    [[nodiscard]] std::string_view key() const;
    [[nodiscard]] std::string_view value() const;
    [[nodiscard]] result<void> check() const;

  private:
    friend class store;
    struct impl;
    explicit cursor(std::unique_ptr<impl> i);
    std::unique_ptr<impl> impl_;
  };

  /// `clock` tells when an entry of `commands` has expired (its value starts with the time); it must outlive the store.
  /// errc::corrupt when the files do not check, else errc::log_unavailable.
  [[nodiscard]] static result<std::unique_ptr<store>> open(const std::filesystem::path& directory, access mode,
                                                           const clock_source& clock);
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// All of the batch, durable, or an error. After an error nothing of it is visible here, and no write succeeds until
  /// the store is opened anew.
  [[nodiscard]] result<void> write(batch& b);
  [[nodiscard]] result<std::optional<std::string>> get(table t, std::string_view key) const;
  [[nodiscard]] cursor scan(table t) const;
  /// Rewrites a table, dropping what has expired.
  [[nodiscard]] result<void> compact(table t);
  [[nodiscard]] result<void> catch_up();

private:
  struct impl;
  explicit store(std::unique_ptr<impl> i);
  std::unique_ptr<impl> impl_;
};

} // namespace parley
