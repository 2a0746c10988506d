#include "tests/support/actors/step_scheduler.hpp"

namespace parley::test {
namespace {

/// CAF expects the actor behind `aout` to exist.
class silent_printer final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    set_default_handler(caf::drop);
    return {[](caf::add_atom, caf::actor_id, const std::string&) {}};
  }
};

} // namespace

/// What a running actor schedules next comes here.
class step_scheduler::turn final : public caf::execution_unit {
public:
  explicit turn(step_scheduler& parent)
    : caf::execution_unit{&parent.system()}
    , parent_{parent} {}
  void exec_later(caf::resumable* job) override { parent_.enqueue(job); }

private:
  step_scheduler& parent_;
};

step_scheduler::step_scheduler(caf::actor_system& system, std::uint64_t seed)
  : abstract_coordinator{system}
  , began_{clock_.now()}
  , in_order_{seed == 0}
  , random_{seed} {}

bool step_scheduler::step() {
  if (jobs_.empty()) return false;
  const auto at = jobs_.begin() + static_cast<std::ptrdiff_t>(in_order_ ? 0 : random_.below(jobs_.size()));
  auto* job = *at;
  jobs_.erase(at);
  if (!around_) {
    resume(job);
  } else {
    around_(dynamic_cast<caf::abstract_actor*>(job), [&] { resume(job); });
  }
  return true;
}

void step_scheduler::resume(caf::resumable* job) {
  turn now{*this};
  switch (job->resume(&now, 1)) {
  case caf::resumable::resume_later: jobs_.push_back(job); break;
  case caf::resumable::done:
  case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
  case caf::resumable::shutdown_execution_unit: break;
  }
}

std::optional<std::chrono::nanoseconds> step_scheduler::next_delay() const {
  if (clock_.schedule().empty()) return std::nullopt;
  return std::max(clock_.schedule().begin()->first - clock_.now(), caf::actor_clock::duration_type{0});
}

void step_scheduler::pass(std::chrono::nanoseconds time) { clock_.advance_time(time); }

std::chrono::nanoseconds step_scheduler::elapsed() const { return clock_.now() - began_; }

void step_scheduler::start() {
  turn now{*this};
  caf::actor_config config{&now};
  utility_actors_[printer_id] =
      caf::make_actor<silent_printer, caf::actor>(system().next_actor_id(), system().node(), &system(), config);
}

void step_scheduler::stop() {
  clock_.cancel_all();
  while (step()) {
  }
  // Here, while this object is whole: an actor's end still asks for the clock.
  utility_actors_[printer_id] = nullptr;
}

} // namespace parley::test
