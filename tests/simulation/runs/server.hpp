#pragma once
// One life of the simulated server: the production log, actors, sessions, hubs, client links and projector, composed as
// gateway/app/server.cpp composes them, but in one thread. Each step is one thing that could happen next, drawn from
// the seed: an actor handles one message, a loop ends a turn. What takes time (a commit, a read, a delivery) is planned
// in the agenda. Destroying it is a crash: nothing is finished, nobody is told.

#include "actors/processes/follower.hpp"
#include "actors/processes/timers.hpp"
#include "actors/registry.hpp"
#include "actors/session_directory.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/bridge/client_link.hpp"
#include "gateway/bridge/loop_adapters.hpp"
#include "gateway/protocol/native_codec.hpp"
#include "projections/projection_run.hpp"
#include "tests/simulation/claims/history.hpp"
#include "tests/simulation/claims/trace.hpp"
#include "tests/simulation/machine/guard.hpp"
#include "tests/simulation/machine/network.hpp"
#include "tests/simulation/runs/tampering.hpp"
#include "tests/support/actors/scripted_log.hpp"
#include "tests/support/actors/step_scheduler.hpp"

namespace parley::simulation {

struct server_setup {
  std::uint64_t seed = 0;
  time_point start; ///< the wall clock when the run began
  std::size_t loops = 2;
  std::size_t entities_max = 16'000;
  std::size_t snapshot_every = 8;
  std::chrono::milliseconds passivate_after{20'000}, session_grace{30'000};
  gateway::hub::limits hub;
  moment commit_min{100}, commit_max{30'000}; ///< how long an append takes
  moment read_min{50}, read_max{20'000};
  std::size_t batch_max = 16; ///< requests in a commit, drawn up to this
};

class server final : public host {
public:
  /// Everything outlives it. `log` was opened after the last crash; `truth` follows it.
  server(const server_setup& setup, agenda& time, trace& story, network& net, event_log& log, read_store& reads,
         history& truth, tampering& with);
  ~server() override;

  /// One thing of all that could happen without time going on. False when there is nothing.
  bool step();
  /// Until an actor or a loop wakes by itself; none when none will.
  [[nodiscard]] std::optional<moment> next_delay() const;
  void pass(moment time) { scheduler_->pass(time); }

  /// A command from elsewhere (REST).
  template <class Entity>
  void ask(const stream_id& who, typename Entity::command command, domain::context by, reply::function then,
           std::optional<idempotency> once = std::nullopt) {
    by.now = clock_.now();
    by.cause = "rest#" + std::to_string(++commands_);
    on_loop(0, [&] {
      entities_.ask(who, request<Entity>{std::move(command), std::move(by), std::move(once), std::nullopt,
                                         reply{std::move(then)}});
    });
  }
  [[nodiscard]] const gateway::token_service& tokens() const { return tokens_; }
  [[nodiscard]] time_point now() const { return clock_.now(); }

  // host
  [[nodiscard]] std::size_t loops() const override { return nodes_.size(); }
  void on_loop(std::size_t loop, const std::function<void()>& task) override;
  [[nodiscard]] std::shared_ptr<gateway::session_link> open(std::size_t loop, std::shared_ptr<gateway::connection> c,
                                                            gateway::hello h) override;
  [[nodiscard]] const gateway::native_codec& framing(bool aliases) const override {
    return aliases ? with_aliases_ : without_aliases_;
  }

  // what checkers look at
  [[nodiscard]] std::size_t entities() const { return entities_.size(); }
  [[nodiscard]] std::size_t commits_waiting() const { return port_.commits_waiting(); }
  [[nodiscard]] const projection_progress& progress() const { return progress_; }

private:
  class virtual_clock final : public clock_source {
  public:
    virtual_clock(const agenda& time, time_point start)
      : time_{time}
      , start_{start} {}
    [[nodiscard]] time_point now() const noexcept override {
      return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(time_.now());
    }

  private:
    const agenda& time_;
    const time_point start_;
  };

  struct node {
    node(std::size_t index, agenda& time, page_source& pages, const gateway::hub::limits& bounds)
      : turns{index, [&time] { return gateway::io_loop::time{time.now()}; }}
      , reads{turns, pages}
      , topics{reads, bounds} {}
    gateway::io_loop turns;
    gateway::loop_log_reads reads;
    gateway::hub topics;
    std::optional<gateway::link_opener> links;
  };

  void attend();
  void commit();
  void project();
  void every_second();
  /// Planned, and forgotten when the server is gone by then.
  void after(moment wait, std::function<void()> what);

  const server_setup setup_;
  agenda& time_;
  trace& story_;
  network& net_;
  event_log& log_;
  history& truth_;
  tampering& with_;
  chance random_;
  random_bytes ids_;
  virtual_clock clock_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);

  test::scripted_log port_;
  gateway::token_service tokens_{std::string(32, 's')};
  gateway::write_positions writes_;
  projection_progress progress_;
  projection_run projecting_;
  std::vector<std::unique_ptr<node>> nodes_;
  gateway::fan_out out_;
  session_directory sessions_;
  timers_process timers_;
  follower_process follower_;
  gateway::native_codec with_aliases_{{true, 16, 128 * 1024}}, without_aliases_{{false, 16, 128 * 1024}};

  test::step_scheduler* scheduler_ = nullptr;            // the system's own
  std::optional<guard::lifted> starting_{std::in_place}; // CAF notes when its logger began
  caf::actor_system_config config_;
  caf::actor_system system_;
  registry entities_;
  runtime runtime_;
  gateway::link_dependencies links_;

  bool writing_ = false, projector_waits_ = false;
  position projector_beyond_ = 0; ///< while it waits: the head to pass this
  std::size_t reads_planned_ = 0;
  std::uint64_t commands_ = 0;
};

} // namespace parley::simulation
