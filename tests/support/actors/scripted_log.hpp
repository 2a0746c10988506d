#pragma once
// The actors' log over a memory_log, answering when the test says so: commits and reads wait in their queues, in order,
// until they are let through. Can also fail where no disk would: by an exception in the actor that asks.

#include "actors/log_port.hpp"
#include "events/log/memory_log.hpp"

#include <deque>
#include <set>

namespace parley::test {

class scripted_log final : public log_port {
public:
  explicit scripted_log(memory_log& log)
    : log_{log} {}

  /// Commits the first `most` waiting requests in one batch and answers once per entity. As the log writer does, it
  /// first tries to recover a log that refuses writes. False when nothing waits.
  bool commit(std::size_t most = std::size_t(-1));
  /// The same without the answers: what a crash in between leaves.
  void commit_unanswered(std::size_t most);
  /// Answers the first waiting read. False when none waits.
  bool answer_load();
  [[nodiscard]] std::size_t commits_waiting() const { return requests_.size(); }
  [[nodiscard]] std::size_t loads_waiting() const { return loads_.size(); }
  [[nodiscard]] std::size_t loads() const { return loads_asked_; }

  /// The actor that looks up this key fails with an exception.
  void explode_on(std::string key) { explosive_.insert(std::move(key)); }
  /// The next entity that submits fails with an exception.
  void explode_on_submit() { explode_on_submit_ = true; }
  /// The same in the timers' process, as it takes a timer away.
  void explode_on_cancel() { explode_on_cancel_ = true; }
  /// Reads fail while set.
  void fail_loads(bool fail) { fail_loads_ = fail; }

  void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) override;
  void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
            bool with_snapshot) override;
  result<std::optional<command_outcome>> find_outcome(std::string_view key) override;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) override;
  result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) override;
  std::optional<error> refuses_writes() const override;

private:
  struct ticket_of {
    caf::strong_actor_ptr sink;
    std::uint64_t ticket;
  };
  struct read {
    ticket_of asked_by;
    stream_id stream;
    version after;
    bool with_snapshot;
  };
  static constexpr std::size_t page_events = 3; ///< small, so that recoveries take several pages

  std::vector<result<parley::commit>> append(std::size_t most, std::vector<ticket_of>& tickets);

  memory_log& log_;
  std::deque<append_request> requests_;
  std::deque<ticket_of> tickets_; // as long
  std::deque<read> loads_;
  std::size_t loads_asked_ = 0;
  std::set<std::string, std::less<>> explosive_;
  bool explode_on_submit_ = false, explode_on_cancel_ = false, fail_loads_ = false;
};

} // namespace parley::test
