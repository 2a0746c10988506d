#pragma once
// The log in memory, with faults that a test or the simulation injects. Keeps the contract of event_log exactly
// (one contract test runs over both), but nothing outlives the object; `crash` plays a restart of the process.
//
// Threads as event_log says; faults may be set from any thread.

#include "events/log/event_log.hpp"

namespace parley {

class memory_log final : public event_log {
public:
  /// What a failed sync left of its batch, as `recover` or `crash` will find it: all of it or nothing.
  enum class tail : std::uint8_t { lost, kept };

  memory_log();
  ~memory_log() override;

  /// The next append fails before anything is written.
  void fail_next_append();
  /// The next append is written but its sync fails; whether it survives is `t`.
  void fail_next_sync(tail t);
  /// While full, appends and `recover` fail.
  void set_full(bool full);
  /// Until told otherwise, `read` and `read_stream` fail so.
  void fail_reads(std::optional<error> how);
  /// Called by each append before it commits, without a lock held: a test waits there, the simulation lets time pass.
  void on_append(std::function<void()> hook);
  /// The process ends and starts again: an unsynced batch meets its fate, and the log takes appends.
  void crash();

  [[nodiscard]] std::vector<result<commit>> append(std::span<const append_request> batch) override;
  [[nodiscard]] result<void> recover() override;
  [[nodiscard]] bool writable() const noexcept override;

  [[nodiscard]] position head() const noexcept override;
  [[nodiscard]] position wait_beyond(position after, std::chrono::milliseconds timeout) const override;
  void stop_waiting() noexcept override;

  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit,
                                                 std::size_t bytes_max) const override;
  [[nodiscard]] result<std::vector<record>> read_stream(const stream_id& stream, version after, std::size_t limit,
                                                        std::size_t bytes_max) const override;
  [[nodiscard]] result<version> stream_version(const stream_id& stream) const override;
  [[nodiscard]] result<std::optional<command_outcome>> find_outcome(std::string_view key) const override;
  [[nodiscard]] result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const override;
  [[nodiscard]] result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override;
  [[nodiscard]] result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) const override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace parley
