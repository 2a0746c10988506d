#pragma once
// The thread around group_commit: it takes everything that waits and writes it in one synced batch, then answers once
// per entity. A plain std::thread, not a detached CAF actor: those race with the system's shutdown in CAF 0.17.6.
//
// After a failed batch it tries to recover the log, once a second, and until then refuses what comes in.

#include "actors/group_commit.hpp"
#include "actors/log_port.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace parley {

class log_reader;

class log_writer final : public log_port {
public:
  log_writer(event_log& log, log_reader& reader);
  ~log_writer() override;

  void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) override;
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot) override;
  void follow(caf::strong_actor_ptr sink, position after) override;
  result<std::optional<command_outcome>> find_outcome(std::string_view key) override;
  result<std::optional<record>> first_of(const stream_id& stream) override;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) override;
  result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) override;
  std::optional<error> refuses_writes() const override;

  /// Lets the thread take what was submitted since. Called at the end of each turn of an io loop, so that one turn's
  /// commands share a commit.
  void flush();
  /// Commits what waits and ends the thread. Nothing may be submitted afterwards.
  void stop();

  [[nodiscard]] group_commit::counters count() const noexcept { return commits_.count(); }
  /// Requests submitted and not answered yet.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.load(std::memory_order_acquire); }

private:
  void run();

  event_log& log_;
  log_reader& reader_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  waiting_appends queue_; // guarded by mutex_
  bool flushed_ = false;  // guarded by mutex_
  bool stopping_ = false; // guarded by mutex_
  std::atomic<std::size_t> waiting_{0};
  group_commit commits_; // the thread's, but for its counters
  std::thread thread_;
};

} // namespace parley
