#pragma once
// The event log of production, over any log_storage: RocksDB in a directory (`open_log_in`, directory_storage.hpp), or
// the simulation's faulty disk, which so exercises this very code. Formats: schema/log-format.md.
//
// `open` checks the log against its own last recorded head and refuses to serve one that has lost acknowledged events
// or does not check; its messages say what to do. Threads as event_log says; `recover` may be called by any thread.

#include "events/clock.hpp"
#include "events/log/event_log.hpp"
#include "events/log/log_storage.hpp"

namespace parley {

class stored_log final : public event_log {
public:
  struct options {
    const clock_source* clock = nullptr;       ///< when outcomes expire; null: the machine's. Outlives the log
    std::size_t versions_cached_max = 100'000; ///< streams whose version the writer keeps in memory
    std::size_t tail_checked = 1000;           ///< records checked on open
    /// How often a thread of the log's own calls `keep_head`. Zero: no thread is started, and the owner calls it.
    std::chrono::milliseconds head_period{1000};
    /// The head one agrees to go on from although acknowledged events behind it are lost. Never set by the server; see
    /// `parley log accept-loss`.
    std::optional<position> accepted_head;
  };

  /// errc::corrupt when the log is damaged, errc::precondition_failed when another version of Parley wrote it,
  /// errc::log_unavailable when its place cannot be used (not writable, disk full). Each message ends in what to do.
  [[nodiscard]] static result<std::unique_ptr<stored_log>> open(std::unique_ptr<log_storage> storage, const options& o);
  ~stored_log() override;

  [[nodiscard]] std::vector<result<commit>> append(std::span<const append_request> batch) override;
  [[nodiscard]] result<void> recover() override;
  [[nodiscard]] bool writable() const noexcept override;

  [[nodiscard]] position head() const noexcept override;
  [[nodiscard]] position wait_beyond(position after, std::chrono::milliseconds timeout) const override;
  void stop_waiting() noexcept override;

  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit,
                                                 std::size_t bytes_max) const override;
  [[nodiscard]] result<family_page> read_families(std::span<const std::string_view> families, position after,
                                                  std::size_t limit, std::size_t looked_at_max) const override;
  [[nodiscard]] result<std::vector<record>> read_stream(const stream_id& stream, version after, std::size_t limit,
                                                        std::size_t bytes_max) const override;
  [[nodiscard]] result<version> stream_version(const stream_id& stream) const override;
  [[nodiscard]] result<std::optional<command_outcome>> find_outcome(std::string_view key) const override;
  [[nodiscard]] result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const override;
  [[nodiscard]] result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override;
  [[nodiscard]] result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) const override;

  /// Forgets expired outcomes now instead of when their files are rewritten anyway (at the latest after a day).
  [[nodiscard]] result<void> forget_expired();
  /// Records the durable head in HEAD when it has moved since. One thread: the log's own, or with a period of zero the
  /// owner's. Failing only weakens the next start's check.
  [[nodiscard]] result<void> keep_head();

private:
  struct impl;
  explicit stored_log(std::unique_ptr<impl> i);
  std::unique_ptr<impl> impl_;
};

} // namespace parley
