#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forwarding.hpp"

namespace parley::simulation::planted {
namespace {

using requests = std::vector<append_request>;

requests copy_of(std::span<const append_request> batch) { return {batch.begin(), batch.end()}; }

// Stands for a command handler that checks its key and forgets to hand the answer to the log with the events.
class without_outcomes final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto stripped = copy_of(batch);
    for (auto& r : stripped) r.outcome.reset();
    return real_.append(stripped);
  }
};

// Stands for answers that are kept beside the log instead of in the same write: in memory, in Redis, or in a second
// write that a crash comes before. Right as long as nothing breaks.
class outcomes_in_memory final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;

  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto stripped = copy_of(batch);
    for (auto& r : stripped) r.outcome.reset();
    auto answers = real_.append(stripped);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!answers[i] || !batch[i].outcome) continue;
      auto known = *batch[i].outcome;
      known.position = answers[i]->last;
      known_.insert_or_assign(known.key, known);
    }
    return answers;
  }
  result<std::optional<command_outcome>> find_outcome(std::string_view key) const override {
    const auto at = known_.find(key);
    return at == known_.end() ? std::nullopt : std::optional{at->second};
  }

private:
  std::map<std::string, command_outcome, std::less<>> known_;
};

// Stands for setTimeout: the room's end is set in the process that opened it and not written with the event that says
// when it is.
class expiry_in_memory final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;

  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto stripped = copy_of(batch);
    for (auto& r : stripped) std::erase_if(r.timers, is_expiry);
    auto answers = real_.append(stripped);
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (const auto& change : batch[i].timers)
        if (answers[i] && is_expiry(change)) take(change);
    return answers;
  }
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    auto due = real_.due_timers(until, limit);
    if (!due) return due;
    for (const auto& t : kept_)
      if (t.due <= until) due->push_back(t);
    std::ranges::stable_sort(*due, {}, &timer::due);
    if (due->size() > limit) due->resize(limit);
    return due;
  }

private:
  static bool is_expiry(const timer_change& change) { return change.timer.what == "expiry"; }
  void take(const timer_change& change) {
    std::erase(kept_, change.timer);
    if (change.set) kept_.push_back(change.timer);
  }
  std::vector<timer> kept_;
};

// Stands for a timer that two processes fire, or whose append is tried again although only its answer was lost, with
// nobody looking whether the session has ended already.
class grace_taken_twice final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto answers = real_.append(batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!answers[i] || batch[i].cause != "timer:grace") continue;
      auto again = batch[i];
      for (auto& s : again.streams) s.expected += s.events.size();
      static_cast<void>(real_.append({&again, 1}));
    }
    return answers;
  }
};

// Stands for a shell that takes the snapshot of the state with its newest event and notes the version before it:
// whoever recovers from it takes that event twice.
class snapshots_ahead final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto changed = copy_of(batch);
    for (auto& r : changed)
      if (r.snapshot) --r.snapshot->version;
    return real_.append(changed);
  }
};

// Stands for a durable timer that is written and that nobody is told of: it fires when somebody happens to look.
class deaf_alarm final : public alarm_clock {
public:
  void arm(time_point) override {}
};
class unarmed final : public tampering {
  alarm_clock& alarms(alarm_clock&) override { return deaf_; }
  deaf_alarm deaf_;
};

} // namespace

bug forget_the_idempotency_record() { return std::make_unique<over_log<without_outcomes>>(); }
bug keep_the_idempotency_record_in_memory() { return std::make_unique<over_log<outcomes_in_memory>>(); }
bug lose_room_expiry_at_a_crash() { return std::make_unique<over_log<expiry_in_memory>>(); }
bug fire_the_grace_timer_twice() { return std::make_unique<over_log<grace_taken_twice>>(); }
bug snapshot_one_event_ahead() { return std::make_unique<over_log<snapshots_ahead>>(); }
bug forget_to_arm_the_alarm() { return std::make_unique<unarmed>(); }

} // namespace parley::simulation::planted
