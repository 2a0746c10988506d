#include "gateway/bridge/turn_scheduler.hpp"

#include <deque>

namespace parley::gateway {
namespace {

/// CAF expects the actor behind `aout` to exist. We log with spdlog, so it only has to swallow.
class silent_printer final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    set_default_handler(caf::drop);
    return {[](caf::add_atom, caf::actor_id, const std::string&) {}};
  }
};

} // namespace

/// One loop's jobs. As an execution unit it takes what a running actor schedules next.
class turn_scheduler::home final : public caf::execution_unit {
public:
  home(turn_scheduler& parent, io_loop& loop)
    : caf::execution_unit{&parent.system()}
    , parent_{parent}
    , loop_{loop} {}

  void exec_later(caf::resumable* job) override { parent_.enqueue(job); }

  void add(caf::resumable* job) {
    if (loop_.is_current()) return jobs_.push_back(job);
    bool wake = false;
    {
      const std::lock_guard lock{mutex_};
      wake = inbox_.empty();
      inbox_.push_back(job);
    }
    if (wake) loop_.post([this] { take_inbox(); });
  }

  bool drain() {
    int ran = 0;
    for (; !jobs_.empty() && ran < jobs_per_drain; ++ran) {
      auto* job = jobs_.front();
      jobs_.pop_front();
      run(job);
    }
    return ran > 0;
  }

  void take_inbox() {
    std::vector<caf::resumable*> arrived;
    {
      const std::lock_guard lock{mutex_};
      arrived.swap(inbox_);
    }
    jobs_.insert(jobs_.end(), arrived.begin(), arrived.end());
  }

  /// For the end, when no loop runs any more: on the thread that destroys the system.
  bool run_rest() {
    take_inbox();
    if (jobs_.empty()) return false;
    auto* job = jobs_.front();
    jobs_.pop_front();
    run(job);
    return true;
  }

private:
  void run(caf::resumable* job) {
    switch (job->resume(this, messages_per_job)) {
    case caf::resumable::resume_later: jobs_.push_back(job); break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
    case caf::resumable::shutdown_execution_unit: break;
    }
  }

  turn_scheduler& parent_;
  io_loop& loop_;
  std::deque<caf::resumable*> jobs_; // on the loop only
  std::mutex mutex_;
  std::vector<caf::resumable*> inbox_; // guarded by mutex_
};

turn_scheduler::turn_scheduler(caf::actor_system& system, std::span<io_loop* const> loops)
  : abstract_coordinator{system}
  , clock_{*loops.front()} {
  for (auto* loop : loops) homes_.push_back(std::make_unique<home>(*this, *loop));
}

turn_scheduler::~turn_scheduler() = default;

bool turn_scheduler::drain(std::size_t loop) { return homes_[loop]->drain(); }

void turn_scheduler::start() {
  caf::actor_config config{homes_.front().get()};
  utility_actors_[printer_id] =
      caf::make_actor<silent_printer, caf::actor>(system().next_actor_id(), system().node(), &system(), config);
}

/// Called as the system goes, after the loops ended: what is still to run, actors' ends above all, runs here.
void turn_scheduler::stop() {
  clock_.cancel_all();
  utility_actors_[printer_id] = nullptr; // its end asks for our clock, which the base's destructor no longer has
  for (bool ran = true; ran;) {
    ran = false;
    for (auto& h : homes_) ran = h->run_rest() || ran;
  }
}

void turn_scheduler::enqueue(caf::resumable* job) { home_of(job).add(job); }

turn_scheduler::home& turn_scheduler::home_of(caf::resumable* job) {
  if (homes_.size() == 1) return *homes_.front();
  const auto* actor = dynamic_cast<caf::abstract_actor*>(job);
  return *homes_[actor == nullptr ? 0 : actor->id() % homes_.size()];
}

} // namespace parley::gateway
