#include "events/log/directory_storage.hpp"

#include "events/log/rocksdb_store.hpp"

namespace parley {

result<std::unique_ptr<directory_storage>> directory_storage::claim(const std::filesystem::path& directory) {
  auto claimed = log_directory::claim(directory);
  if (!claimed) return tl::make_unexpected(std::move(claimed.error()));
  return std::unique_ptr<directory_storage>{new directory_storage{std::move(*claimed)}};
}

result<void> directory_storage::probe() { return directory_.probe(); }

result<std::unique_ptr<store>> directory_storage::open_tables(store::access mode, const clock_source& clock) {
  return open_rocksdb_store(directory_.tables(), mode, clock);
}

result<std::optional<position>> directory_storage::read_head() { return read_head_file(directory_.head_file()); }

result<void> directory_storage::write_head(position head) {
  if (auto open = open_head_file(); !open) return open;
  return head_->write(head);
}

result<void> directory_storage::reset_head(position head) {
  if (auto open = open_head_file(); !open) return open;
  return head_->reset(head);
}

// Opened by the first write: opening makes the file, and a directory that is only looked at gets none.
result<void> directory_storage::open_head_file() {
  if (head_) return {};
  auto opened = head_file::open(directory_.head_file());
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  head_.emplace(std::move(*opened));
  return {};
}

result<std::unique_ptr<stored_log>> open_log_in(const std::filesystem::path& directory, const stored_log::options& o) {
  auto storage = directory_storage::claim(directory);
  if (!storage) return tl::make_unexpected(std::move(storage.error()));
  return stored_log::open(std::move(*storage), o);
}

} // namespace parley
