#pragma once
// The file HEAD beside the log's tables: a position that was durable at some time. It may lag behind the log's head but
// is never ahead of it, so a log that ends before it has lost acknowledged events (schema/log-format.md). One thread.

#include "events/errors.hpp"
#include "events/ids.hpp"

#include <filesystem>
#include <optional>

namespace parley {

/// The newer of the file's two lines that check; nothing when there is no file, or one whose first write was cut off.
/// errc::corrupt when it has no good line.
[[nodiscard]] result<std::optional<position>> read_head_file(const std::filesystem::path& file);

class head_file {
public:
  /// Opens or creates it. errc::log_unavailable says why not.
  [[nodiscard]] static result<head_file> open(const std::filesystem::path& file);
  head_file(head_file&& other) noexcept;
  head_file& operator=(head_file&&) = delete;
  ~head_file();
  /// Synced. The two lines are written in turn, the older first, so that a torn write leaves the newer.
  [[nodiscard]] result<void> write(position head);
  /// Makes both lines say `head`, although they may have said more: after a loss was acknowledged.
  [[nodiscard]] result<void> reset(position head);

private:
  head_file(int fd, std::size_t line)
    : fd_{fd}
    , line_{line} {}
  int fd_;
  std::size_t line_; ///< the next to write
};

} // namespace parley
