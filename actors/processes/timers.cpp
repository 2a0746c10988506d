#include "actors/processes/timers.hpp"

#include <map>
#include <spdlog/spdlog.h>

namespace parley {
namespace {

using arm_atom = caf::atom_constant<caf::atom("arm")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;

constexpr std::size_t in_flight_max = 64; ///< timers fired and not yet settled
constexpr int tries_in_flight = 4;        ///< then a timer waits longer and longer, and holds up no others
constexpr std::size_t stuck_max = 4096;   ///< of those; with more, nothing fires until one of them is through
constexpr std::chrono::milliseconds retry_after{1'000};
constexpr std::chrono::milliseconds retry_after_max{std::chrono::minutes{1}};
constexpr std::chrono::milliseconds look_ahead{std::chrono::minutes{1}}; ///< looks at least so often

class timers_actor final : public caf::event_based_actor {
public:
  timers_actor(caf::actor_config& config, runtime& rt)
    : caf::event_based_actor{config}
    , rt_{rt} {}

  caf::behavior make_behavior() override {
    return {[this](tick_atom) { run(); },
            [this](wake_atom, std::uint64_t number) {
              if (number == wakes_) run(); // of several the earliest was sent last
            },
            [this](arm_atom, std::int64_t due_ms) { wake(time_point{std::chrono::milliseconds{due_ms}}); },
            [](const continuation_ptr& c) { (*c)(); },
            [this](const appended_ptr& a) {
              for (const auto& one : a->answers) cancelled(one.ticket, one.outcome.has_value());
            }};
  }
  const char* name() const override { return "timers"; }

private:
  struct firing {
    timer what;
    int tries = 0;
  };

  void run() {
    wake_at_ = time_point::max();
    if (rt_.log.refuses_writes()) return wake(rt_.clock.now() + retry_after);
    if (!restarted_) fire_restarts();
    fire_due();
  }

  [[nodiscard]] std::size_t room() const {
    const auto in_flight = firing_.size() - stuck_;
    return stuck_ >= stuck_max || in_flight >= in_flight_max ? 0 : in_flight_max - in_flight;
  }

  void fire_restarts() {
    const auto limit = room();
    if (limit == 0) return; // an answer brings us back
    const auto found = rt_.log.restart_timers(restart_after_, limit);
    if (!found) return wake(rt_.clock.now() + retry_after);
    restarted_ = found->empty();
    for (const auto& t : *found) {
      restart_after_ = t.stream;
      begin(t);
    }
  }

  void fire_due() {
    const auto now = rt_.clock.now();
    // What is being fired still stands in the log and comes first.
    const auto found = rt_.log.due_timers(now + look_ahead, firing_.size() + in_flight_max);
    if (!found) return wake(now + retry_after);
    for (const auto& t : *found) {
      if (t.due > now) return wake(t.due);
      if (firing_.contains(key_of(t))) continue;
      if (room() == 0) return; // an answer brings us back
      begin(t);
    }
    wake(now + look_ahead);
  }

  void begin(const timer& t) {
    const auto key = key_of(t);
    if (firing_.try_emplace(key, firing{t, 0}).second) fire(key);
  }

  void fire(const std::string& key) {
    const auto& t = firing_.at(key).what;
    // Never earlier than due, should the clock have been set back since we looked.
    const auto now = t.due == at_restart ? rt_.clock.now() : std::max(rt_.clock.now(), t.due);
    auto answered = [this, handle = caf::actor_cast<caf::actor>(this), key](const result<answer>& r) {
      caf::anon_send(handle, std::make_shared<continuation>([this, key, dealt_with = r.has_value()] {
                       if (dealt_with)
                         settle(key);
                       else
                         retry(key);
                     }));
    };
    rt_.entities.fire(t, now, reply{std::move(answered)});
  }

  /// The entity dealt with it; should it have left the timer standing, it goes now. Until that is durable it counts as
  /// being fired, so that nobody fires it again.
  void settle(const std::string& key) {
    const auto& t = firing_.at(key).what;
    if (t.due == at_restart) return finish(key); // the entity's own: it stands as long as the entity does
    append_request cancel;
    cancel.time = rt_.clock.now();
    cancel.actor = "system";
    cancel.timers.push_back({false, t});
    cancelling_.emplace(++last_ticket_, key);
    rt_.log.submit(caf::actor_cast<caf::strong_actor_ptr>(this), last_ticket_, std::move(cancel));
  }

  void cancelled(std::uint64_t ticket, bool durable) {
    const auto node = cancelling_.extract(ticket);
    if (node.empty()) return;
    if (durable)
      finish(node.mapped());
    else
      retry(node.mapped());
  }

  /// Fires once more, later and later; who needs too many tries does not hold up the others meanwhile.
  void retry(const std::string& key) {
    auto& f = firing_.at(key);
    const bool log_is_down = rt_.log.refuses_writes().has_value(); // nobody's fault
    if (!log_is_down && ++f.tries == tries_in_flight) {
      spdlog::error("timer {} of {} fails again and again; see what is said about that entity", f.what.what,
                    f.what.stream.text);
      ++stuck_;
      look_soon();
    }
    const auto wait = std::min(retry_after * (1 << std::clamp(f.tries - 1, 0, 16)), retry_after_max);
    delayed_send(this, caf::timespan{wait}, std::make_shared<continuation>([this, key] { fire(key); }));
  }

  void finish(const std::string& key) {
    const auto node = firing_.extract(key);
    if (node.mapped().tries >= tries_in_flight) --stuck_;
    look_soon();
  }

  /// There is room again. Once for all that ends now.
  void look_soon() { wake(rt_.clock.now()); }

  void wake(time_point at) {
    if (at >= wake_at_) return;
    wake_at_ = at;
    const auto wait = std::max(at - rt_.clock.now(), std::chrono::milliseconds{1}); // never a spin
    delayed_send(this, caf::timespan{wait}, wake_atom::value, ++wakes_);
  }

  static std::string key_of(const timer& t) {
    return std::to_string(t.due.time_since_epoch().count()) + ' ' + t.stream.text + ' ' + t.what;
  }

  runtime& rt_;
  std::map<std::string, firing> firing_;
  std::map<std::uint64_t, std::string> cancelling_; ///< by ticket
  std::size_t stuck_ = 0;                           ///< of those firing
  std::uint64_t last_ticket_ = 0, wakes_ = 0;
  stream_id restart_after_;
  bool restarted_ = false;
  time_point wake_at_ = time_point::max();
};

} // namespace

void timers_process::start(caf::actor_system& system, runtime& rt) {
  auto started = system.spawn<timers_actor>(rt);
  started->attach_functor([this, &system, &rt, was = started->address()](const caf::error&) {
    if (const auto now = current(); !now || now.address() != was) return; // stopped
    spdlog::error("the timers' process failed and starts anew");
    start(system, rt);
    caf::delayed_anon_send(current(), caf::timespan{retry_after}, tick_atom::value);
  });
  const std::lock_guard lock{mutex_};
  actor_ = std::move(started);
}

void timers_process::begin() { caf::anon_send(current(), tick_atom::value); }

void timers_process::arm(time_point due) {
  if (due == at_restart) return;
  if (const auto actor = current()) caf::anon_send(actor, arm_atom::value, due.time_since_epoch().count());
}

void timers_process::stop() {
  const std::unique_lock lock{mutex_};
  const auto last = std::exchange(actor_, nullptr);
  if (last) caf::anon_send_exit(last, caf::exit_reason::user_shutdown);
}

caf::actor timers_process::current() {
  const std::lock_guard lock{mutex_};
  return actor_;
}

} // namespace parley
