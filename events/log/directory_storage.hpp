#pragma once
// A log's place in production: a directory with the tables in RocksDB, HEAD and LOCK (schema/log-format.md).

#include "events/log/head_file.hpp"
#include "events/log/log_directory.hpp"
#include "events/log/log_storage.hpp"
#include "events/log/stored_log.hpp"

namespace parley {

class directory_storage final : public log_storage {
public:
  /// errc::log_unavailable when the directory cannot be made or written, errc::conflict when another process holds it.
  [[nodiscard]] static result<std::unique_ptr<directory_storage>> claim(const std::filesystem::path& directory);

  [[nodiscard]] result<void> probe() override;
  [[nodiscard]] result<std::unique_ptr<store>> open_tables(store::access mode, const clock_source& clock) override;
  [[nodiscard]] result<std::optional<position>> read_head() override;
  [[nodiscard]] result<void> write_head(position head) override;
  [[nodiscard]] result<void> reset_head(position head) override;

private:
  explicit directory_storage(log_directory directory)
    : directory_{std::move(directory)} {}
  [[nodiscard]] result<void> open_head_file();
  log_directory directory_;
  std::optional<head_file> head_;
};

/// The log of production in `directory`, which is made when missing: claims it and opens the log there. Fails as
/// `directory_storage::claim` and `stored_log::open` do; each message ends in what to do.
[[nodiscard]] result<std::unique_ptr<stored_log>> open_log_in(const std::filesystem::path& directory,
                                                              const stored_log::options& o = {});

} // namespace parley
