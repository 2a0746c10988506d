#pragma once
// The log as actors and hubs see it, answering when the test says so: commits and reads wait in their queues, in order,
// until they are let through. What lets them through is what the production's threads run. Can also fail where no disk
// would: by an exception in the actor that asks.

#include "actors/group_commit.hpp"
#include "actors/log_port.hpp"
#include "actors/log_read.hpp"

#include <deque>
#include <set>

namespace parley::test {

class scripted_log final : public log_port, public page_source {
public:
  /// Entities that recover get pages of `page_events`: small, so that it takes them several.
  explicit scripted_log(event_log& log, std::size_t page_events = 3)
    : log_{log}
    , commits_{log}
    , page_events_{page_events} {}

  /// Commits the first `most` waiting requests in one batch and answers once per entity. False when nothing waits.
  bool commit(std::size_t most = std::size_t(-1));
  /// The same without the answers, which the caller may deliver later, or drop: what a crash in between leaves.
  commit_answers commit_unanswered(std::size_t most);
  /// Tries to recover a log that refuses writes, as the log writer does once a second.
  void mend() { static_cast<void>(commits_.commit({})); }
  /// Answers a waiting read: the first, or one that another reader thread would be through with before it. False when
  /// there is none.
  bool answer_read(std::size_t which = 0);
  [[nodiscard]] std::size_t commits_waiting() const { return requests_.size(); }
  [[nodiscard]] std::size_t reads_waiting() const { return reads_.size(); }
  /// Pages that entities asked for so far.
  [[nodiscard]] std::size_t loads() const { return loads_asked_; }
  [[nodiscard]] group_commit::counters count() const noexcept { return commits_.count(); }

  /// The actor that looks up this key fails with an exception.
  void explode_on(std::string key) { explosive_.insert(std::move(key)); }
  /// The next entity that submits fails with an exception.
  void explode_on_submit() { explode_on_submit_ = true; }
  /// The same in the timers' process, as it takes a timer away.
  void explode_on_cancel() { explode_on_cancel_ = true; }
  /// Reads fail while set.
  void fail_reads(bool fail) { fail_reads_ = fail; }

  void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) override;
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot) override;
  void read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
            std::function<void(result<std::vector<record>>)> done) override;
  void follow(caf::strong_actor_ptr sink, position after) override;
  result<std::optional<command_outcome>> find_outcome(std::string_view key) override;
  result<std::optional<record>> first_of(const stream_id& stream) override;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) override;
  result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) override;
  std::optional<error> refuses_writes() const override;

private:
  event_log& log_;
  group_commit commits_;
  const std::size_t page_events_;
  waiting_appends requests_;
  std::deque<log_read> reads_;
  std::size_t loads_asked_ = 0;
  std::set<std::string, std::less<>> explosive_;
  bool explode_on_submit_ = false, explode_on_cancel_ = false, fail_reads_ = false;
};

} // namespace parley::test
