#pragma once
// The directory of a log: made when missing, proven writable, and held by one process at a time.

#include "events/errors.hpp"

#include <filesystem>

namespace parley {

class log_directory {
public:
  /// errc::log_unavailable when it cannot be made or written, errc::conflict when another process holds it.
  [[nodiscard]] static result<log_directory> claim(const std::filesystem::path& directory);
  log_directory(log_directory&& other) noexcept;
  log_directory& operator=(log_directory&&) = delete;
  ~log_directory();

  /// Writes and syncs a file of a few MiB and deletes it again: is there room, and does the disk take it?
  [[nodiscard]] result<void> probe() const;

  [[nodiscard]] std::filesystem::path head_file() const { return directory_ / "HEAD"; }
  [[nodiscard]] std::filesystem::path tables() const { return directory_ / "rocksdb"; }

private:
  log_directory(std::filesystem::path directory, int lock)
    : directory_{std::move(directory)}
    , lock_{lock} {}
  std::filesystem::path directory_;
  int lock_;
};

} // namespace parley
