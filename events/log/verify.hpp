#pragma once
// Looks at a log from outside, for the operator's tools: read only, also while the server that owns it runs.
// One thread.

#include "events/log/event_log.hpp"
#include "events/log/store.hpp"

#include <filesystem>
#include <functional>

namespace parley {

struct verification;
/// Told (records done, records in all) now and then; may be empty.
using verify_progress = std::function<void(std::uint64_t, std::uint64_t)>;

/// A log opened beside its owner. Shows what is written; the owner may not have synced the very last of it yet. Holds
/// each file of the log open.
class log_view {
public:
  enum class kind : std::uint8_t {
    frozen,   ///< as the log is now
    following ///< `refresh` shows what was appended since
  };
  /// errc::not_found when there is no log in `directory`, errc::precondition_failed when another version of Parley
  /// wrote it.
  [[nodiscard]] static result<log_view> open(const std::filesystem::path& directory, kind k);
  /// The same of open tables, wherever they are.
  [[nodiscard]] static result<log_view> over(std::unique_ptr<store> tables);

  [[nodiscard]] position head() const noexcept { return head_; }
  [[nodiscard]] result<void> refresh();
  /// As event_log::read.
  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) const;
  /// Calls `visitor` with each record and its bytes for `after` < position <= head(), until it returns false.
  [[nodiscard]] result<void> visit(position after,
                                   const std::function<bool(const record&, std::string_view)>& visitor) const;
  /// The same two for a view that follows. What the owner moves out of a write-ahead file at this very moment is
  /// missing until a later refresh, so whatever cannot be read is looked for again, within a second.
  [[nodiscard]] result<std::vector<record>> read_following(position after, std::size_t limit, std::size_t bytes_max);
  [[nodiscard]] result<void> visit_following(position after,
                                             const std::function<bool(const record&, std::string_view)>& visitor);
  /// As `visit` for one stream.
  [[nodiscard]] result<void> visit_stream(const stream_id& stream, position after,
                                          const std::function<bool(const record&, std::string_view)>& visitor) const;
  /// As event_log::find_snapshot.
  [[nodiscard]] result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const;
  /// Every durable timer until the visitor returns false: by due time, then those of the restart.
  [[nodiscard]] result<void> visit_timers(const std::function<bool(const timer&)>& visitor) const;

private:
  friend result<verification> verify_log(const std::filesystem::path& directory, const verify_progress& progress);
  explicit log_view(std::unique_ptr<store> tables)
    : tables_{std::move(tables)} {}
  [[nodiscard]] result<void> look_once();
  std::unique_ptr<store> tables_;
  position head_ = 0;
};

struct damage {
  position at; ///< the first position concerned; 0 when it is about the log as a whole
  std::string what;
};

struct verification {
  position head = 0;
  std::uint64_t records = 0, streams = 0;
  std::vector<damage> damages; ///< at most `damages_max`, earliest position first
};
inline constexpr std::size_t damages_max = 100;

/// Checks every record against its SHA-256 and its place, the gaplessness of positions and of each stream's versions,
/// the streams' indexes in both directions, and the head against `meta` and HEAD. Memory does not grow with the log.
/// A log that RocksDB finds too damaged to open is damage, too; an error means that the log could not be looked at:
/// there is none, another version of Parley wrote it, or the disk refused.
[[nodiscard]] result<verification> verify_log(const std::filesystem::path& directory, const verify_progress& progress);
/// The same for open tables, wherever they are; `recorded` is what HEAD says.
[[nodiscard]] result<verification> verify_tables(const store& tables, std::optional<position> recorded,
                                                 const verify_progress& progress);

} // namespace parley
