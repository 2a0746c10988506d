#pragma once
// Actors that only note what the log answers them, in one thread that steps when told.

#include "actors/messages.hpp"
#include "tests/support/actors/stage.hpp"
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
  ~listening() { hear(); } // while the listeners can

  listener& spawn() {
    auto& made = *listeners_.emplace_back(std::make_unique<listener>());
    made.self = stage_.spawn<noting>(&made);
    return made;
  }
  /// Lets the actors take what was sent to them.
  void hear() { stage_.run(); }

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

  stage stage_;
  std::vector<std::unique_ptr<listener>> listeners_;
};

/// One message for `stream`, which must not exist yet.
inline append_request first_of(const std::string& stream) { return request({messages({stream}, 0)}); }

} // namespace parley::test
