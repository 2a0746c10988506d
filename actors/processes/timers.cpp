#include "actors/processes/timers.hpp"

#include <spdlog/spdlog.h>

namespace parley {
namespace {

using arm_atom = caf::atom_constant<caf::atom("arm")>;

constexpr std::size_t in_flight_max = 64; ///< timers fired and not yet answered
constexpr std::chrono::seconds retry_after{1};
constexpr std::chrono::milliseconds look_ahead{std::chrono::minutes{1}}; ///< looks at least so often

class timers_actor final : public caf::event_based_actor {
public:
  timers_actor(caf::actor_config& config, runtime& rt) : caf::event_based_actor{config}, rt_{rt} {}

  caf::behavior make_behavior() override {
    return {[this](tick_atom) { run(); },
            [this](arm_atom, std::int64_t due_ms) {
              const time_point due{std::chrono::milliseconds{due_ms}};
              if (due < wake_at_) wake(due);
            },
            [this](const continuation_ptr& c) { (*c)(); },
            [](const appended_ptr&) {}};
  }
  const char* name() const override { return "timers"; }

private:
  void run() {
    wake_at_ = time_point::max();
    if (!restarted_ && firing_.size() < in_flight_max) fire_restarts();
    fire_due();
  }

  void fire_restarts() {
    const auto found = rt_.log.restart_timers(restart_after_, in_flight_max - firing_.size());
    if (!found) return wake(rt_.clock.now() + retry_after);
    for (const auto& t : *found) {
      restart_after_ = t.stream;
      fire(t);
    }
    restarted_ = found->size() < in_flight_max && found->empty();
    if (!restarted_ && firing_.empty()) wake(rt_.clock.now());
  }

  void fire_due() {
    const auto now = rt_.clock.now();
    const auto found = rt_.log.due_timers(now + look_ahead, in_flight_max);
    if (!found) return wake(now + retry_after);
    for (const auto& t : *found) {
      if (t.due > now) return wake(t.due);
      if (firing_.size() >= in_flight_max) return; // an answer brings us back
      if (!firing_.contains(key_of(t))) fire(t);
    }
    wake(now + look_ahead);
  }

  void fire(const timer& t) {
    firing_.insert(key_of(t));
    rt_.entities.fire(t, rt_.clock.now(),
                      reply{[this, handle = caf::actor_cast<caf::actor>(this), t](const result<answer>& r) {
                        const bool settled = r.has_value();
                        caf::anon_send(handle, std::make_shared<continuation>([this, t, settled] { fired(t, settled); }));
                      }});
  }

  /// The entity dealt with it; should it have left the timer standing, it goes now.
  void fired(const timer& t, bool settled) {
    if (!settled) {
      delayed_send(this, retry_after, std::make_shared<continuation>([this, t] {
                     firing_.erase(key_of(t));
                     if (t.due == at_restart) fire(t);
                     else run();
                   }));
      return;
    }
    firing_.erase(key_of(t));
    if (t.due != at_restart) {
      append_request cancel;
      cancel.time = rt_.clock.now();
      cancel.actor = "system";
      cancel.timers.push_back({false, t});
      rt_.log.submit(caf::actor_cast<caf::strong_actor_ptr>(this), 0, std::move(cancel));
    }
    wake(rt_.clock.now() + std::chrono::milliseconds{1});
  }

  void wake(time_point at) {
    if (at >= wake_at_) return;
    wake_at_ = at;
    const auto wait = std::max(at - rt_.clock.now(), std::chrono::milliseconds{0});
    delayed_send(this, caf::timespan{wait}, tick_atom::value);
  }

  static std::string key_of(const timer& t) {
    return std::to_string(t.due.time_since_epoch().count()) + ' ' + t.stream.text + ' ' + t.what;
  }

  runtime& rt_;
  std::set<std::string> firing_;
  stream_id restart_after_;
  bool restarted_ = false;
  time_point wake_at_ = time_point::max();
};

} // namespace

caf::actor spawn_timers(caf::actor_system& system, runtime& rt) { return system.spawn<timers_actor>(rt); }

void timers_clock::arm(time_point due) {
  if (timers_ && due != at_restart) caf::anon_send(timers_, arm_atom::value, due.time_since_epoch().count());
}

} // namespace parley
