#include "tests/support/actors/stage.hpp"

namespace parley::test {

stage::stage(std::uint64_t seed)
  : system_{prepare(config_, scheduler_, seed)} {}

stage::~stage() {
  for (const auto& actor : cast_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  cast_.clear();
  run();
}

void stage::run() {
  while (scheduler_->step()) {
  }
}

void stage::pass(std::chrono::nanoseconds time) {
  run();
  while (time.count() > 0) {
    const auto next = std::min(time, scheduler_->next_delay().value_or(time));
    scheduler_->pass(next);
    time -= next;
    run();
  }
}

caf::actor_system_config& stage::prepare(caf::actor_system_config& config, step_scheduler*& scheduler,
                                         std::uint64_t seed) {
  config.module_factories.emplace_back([&scheduler, seed](caf::actor_system& s) -> caf::actor_system::module* {
    s.await_actors_before_shutdown(false);
    return scheduler = new step_scheduler{s, seed};
  });
  return config;
}

} // namespace parley::test
