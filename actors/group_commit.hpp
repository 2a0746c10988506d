#pragma once
// Group commit, without a thread: requests that wait go into one batch, the batch into the log, and each entity gets
// all its answers of the batch in one message. In production the log writer's thread runs it (log_writer.hpp). Tests
// and the simulation run it step by step: there answers may come long after the commit, or be lost in a crash.
//
// One thread; the counters may be read from any.

#include "actors/messages.hpp"

#include <atomic>

namespace parley {

/// Requests in the order of their submission, and whom to answer.
class waiting_appends {
public:
  void add(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) {
    requests_.push_back(std::move(request));
    tickets_.push_back({std::move(sink), ticket});
  }
  [[nodiscard]] waiting_appends take_all() { return std::exchange(*this, {}); }
  /// Takes the first `most` out.
  [[nodiscard]] waiting_appends take(std::size_t most);
  [[nodiscard]] std::size_t size() const noexcept { return requests_.size(); }
  [[nodiscard]] bool empty() const noexcept { return requests_.empty(); }

private:
  friend class group_commit;

  struct ticket_of {
    caf::strong_actor_ptr sink;
    std::uint64_t ticket;
  };
  std::vector<append_request> requests_;
  std::vector<ticket_of> tickets_; // same length and order
};

/// What became of a batch: one message an entity, in the order of their first requests.
class commit_answers {
public:
  /// Sends them, once. Those that are not sent are lost, as in a crash.
  void deliver();
  [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }

  // For the server's own log.
  std::optional<result<void>> mended; ///< what mending came to, when the log refused writes before
  std::size_t failed = 0;             ///< requests of parts after which the log refuses writes
  error why;                          ///< they failed

private:
  friend class group_commit;

  std::vector<std::pair<caf::strong_actor_ptr, appended_ptr>> messages_;
};

class group_commit {
public:
  static constexpr std::size_t queue_max = 65'536; ///< requests unanswered before commands are refused
  static constexpr std::size_t batch_max = 8'192;  ///< requests in one commit

  explicit group_commit(event_log& log)
    : log_{log} {}

  /// Appends `batch`, of any size, and says what to answer. A log that refuses writes is mended first, also when the
  /// batch is empty; what the log still refuses is answered with its refusal.
  [[nodiscard]] commit_answers commit(const waiting_appends& batch);
  /// See log_port: `waiting` requests are not answered yet.
  [[nodiscard]] std::optional<error> refuses_writes(std::size_t waiting) const;

  struct counters {
    std::uint64_t commits = 0, requests = 0, failures = 0;
  };
  [[nodiscard]] counters count() const noexcept { return {commits_.load(), requests_.load(), failures_.load()}; }

private:
  [[nodiscard]] std::vector<result<parley::commit>> append(std::span<const append_request> part, commit_answers& all);

  event_log& log_;
  std::atomic<std::uint64_t> commits_{0}, requests_{0}, failures_{0};
};

} // namespace parley
