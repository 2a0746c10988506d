#pragma once
// Actors that only note what the log answers them, in one thread that steps when told.

#include "actors/messages.hpp"
#include "tests/support/actors/step_scheduler.hpp"
#include "tests/support/log/requests.hpp"

namespace parley::test {

/// One actor that asks the log for something.
struct listener {
  std::vector<appended_ptr> appended;
  std::vector<loaded_ptr> loaded;
  caf::actor self;

  [[nodiscard]] caf::strong_actor_ptr sink() const { return caf::actor_cast<caf::strong_actor_ptr>(self); }
  /// The tickets of each message, message by message.
  [[nodiscard]] std::vector<std::vector<std::uint64_t>> tickets() const {
    std::vector<std::vector<std::uint64_t>> all;
    for (const auto& message : appended) {
      all.emplace_back();
      for (const auto& answer : message->answers) all.back().push_back(answer.ticket);
    }
    return all;
  }
};

class listening {
public:
  listening()
    : system_{prepare(config_, scheduler_)} {}
  ~listening() {
    for (auto& l : listeners_) caf::anon_send_exit(std::exchange(l->self, nullptr), caf::exit_reason::user_shutdown);
    hear();
  }

  listener& spawn() {
    auto& made = *listeners_.emplace_back(std::make_unique<listener>());
    made.self = system_.spawn<noting>(&made);
    return made;
  }
  /// Lets the actors take what was sent to them.
  void hear() {
    while (scheduler_->step()) {
    }
  }

private:
  class noting final : public caf::event_based_actor {
  public:
    noting(caf::actor_config& config, listener* notes)
      : caf::event_based_actor{config}
      , notes_{notes} {}
    caf::behavior make_behavior() override {
      return {[this](appended_ptr& m) { notes_->appended.push_back(std::move(m)); },
              [this](loaded_ptr& m) { notes_->loaded.push_back(std::move(m)); }};
    }

  private:
    listener* notes_;
  };

  static caf::actor_system_config& prepare(caf::actor_system_config& config, step_scheduler*& scheduler) {
    config.module_factories.emplace_back([&scheduler](caf::actor_system& s) -> caf::actor_system::module* {
      s.await_actors_before_shutdown(false);
      return scheduler = new step_scheduler{s, 0};
    });
    return config;
  }

  step_scheduler* scheduler_ = nullptr; // the system's own
  caf::actor_system_config config_;
  caf::actor_system system_;
  std::vector<std::unique_ptr<listener>> listeners_;
};

/// One message for `stream`, which must not exist yet.
inline append_request first_of(const std::string& stream) { return request({messages({stream}, 0)}); }

} // namespace parley::test
