#pragma once
// The production actors in one thread over a log, mostly a memory_log: registry, shells, timers, under a scheduler and
// a clock of the test's own. Given a world, when it steps, then a test looks at what clients heard and at what the log
// holds.
//
//   memory_log log;
//   actor_world world{log};
//   const auto ann = world.connect("s1", "ann");
//   const auto asked = ann->join(hall);
//   world.settle();
//   CHECK(ann->succeeded(asked));
//
// A crash of the server is the end of one world and the beginning of another over the same log: `crash`.

#include "actors/processes/follower.hpp"
#include "actors/processes/timers.hpp"
#include "actors/registry.hpp"
#include "actors/session_directory.hpp"
#include "events/log/memory_log.hpp"
#include "tests/support/actors/scripted_log.hpp"
#include "tests/support/actors/stage.hpp"
#include "tests/support/actors/world_client.hpp"
#include "tests/support/given_when_then.hpp"

namespace parley::test {

/// What a command was answered, once it was.
using outcome_slot = std::shared_ptr<std::optional<result<answer>>>;

class actor_world {
public:
  struct options {
    std::uint64_t seed = 0; ///< 0: actors in order; else drawn
    time_point start = noon;
    std::size_t entities_max = 16'000;
    std::size_t snapshot_every = 5;
    std::chrono::milliseconds passivate_after{300'000};
    std::chrono::milliseconds clock_jitter{0}; ///< every second look at the wall clock shows so much less
  };

  explicit actor_world(event_log& log);
  actor_world(event_log& log, options chosen);
  /// The server ends, without its grace.
  ~actor_world();
  actor_world(const actor_world&) = delete;
  actor_world& operator=(const actor_world&) = delete;

  // --- clients ------------------------------------------------------------------------------------------------------

  /// A new session; a guest unless `login` is given.
  world_client_ptr connect(std::string session, std::string user, std::string login = {});
  /// A connection that asks for a session of before.
  world_client_ptr resume(std::string session, std::string user, std::string login = {},
                          std::map<stream_id, version> seen = {});
  /// The connection is lost, or closed by the client. `handed`: what surely reached it.
  void drop(const world_client_ptr& client, std::map<stream_id, version> handed = {});
  void say_goodbye(const world_client_ptr& client);

  // --- commands from elsewhere (REST) -------------------------------------------------------------------------------

  template <class Entity>
  outcome_slot ask(const stream_id& who, typename Entity::command command, domain::context by,
                   std::optional<idempotency> once = std::nullopt, std::optional<version> if_match = std::nullopt) {
    auto slot = std::make_shared<std::optional<result<answer>>>();
    by.now = now();
    entities_.ask(who, parley::request<Entity>{std::move(command), std::move(by), std::move(once), if_match,
                                               reply{[slot](result<answer> r) { *slot = std::move(r); }}});
    return slot;
  }
  outcome_slot sign_up(const std::string& user, const std::string& login);
  outcome_slot revoke(const std::string& user, const std::string& login);
  outcome_slot rename(const std::string& user, const std::string& name);
  outcome_slot create_lounge(const stream_id& place, const std::string& owner);

  // --- time and steps -----------------------------------------------------------------------------------------------

  /// Actors only: the log answers nothing.
  void run();
  /// Until nothing happens without time: actors, commits, reads.
  void settle();
  /// Lets time pass, with everything that falls due, and settles.
  void pass(std::chrono::milliseconds time);
  /// One thing of all that could happen now, drawn by `random`. False when nothing could.
  bool one_of_all(seeded& random);
  [[nodiscard]] time_point now() const { return clock_.now(); }

  [[nodiscard]] registry& entities() { return entities_; }
  [[nodiscard]] scripted_log& log() { return log_; }
  [[nodiscard]] session_directory& directory() { return sessions_; }

  /// All that was published, in order; ephemeral ones with seq 0.
  [[nodiscard]] std::vector<publication_ptr> published(const stream_id& topic) const;

private:
  class virtual_clock final : public clock_source {
  public:
    virtual_clock(const step_scheduler& scheduler, const options& chosen)
      : scheduler_{scheduler}
      , start_{chosen.start}
      , jitter_{chosen.clock_jitter} {}
    [[nodiscard]] time_point now() const noexcept override {
      const auto time = start_ + std::chrono::duration_cast<std::chrono::milliseconds>(scheduler_.elapsed());
      return ++looks_ % 2 == 0 ? time - jitter_ : time;
    }

  private:
    const step_scheduler& scheduler_;
    const time_point start_;
    const std::chrono::milliseconds jitter_;
    mutable unsigned looks_ = 0;
  };
  /// Checks, with each publication, that it is durable.
  class witness final : public publisher {
  public:
    explicit witness(event_log& log)
      : log_{log} {}
    void publish(std::span<const publication_ptr> published) override;
    std::vector<publication_ptr> all;

  private:
    event_log& log_;
  };

  world_client_ptr arrive(std::string session, std::string user, std::string login, bool resuming,
                          std::map<stream_id, version> seen);

  stage stage_;
  virtual_clock clock_;
  scripted_log log_;
  witness out_;
  registry entities_;
  session_directory sessions_;
  timers_process timers_;
  follower_process follower_;
  runtime runtime_;
  std::vector<world_client_ptr> clients_;
};

// --- what the log holds ---------------------------------------------------------------------------------------------

/// "type", with the session and the reason where it has them: "joined s1", "left s1 connection-lost".
[[nodiscard]] std::vector<std::string> story_of(const event_log& log, const stream_id& stream);
/// Who is in a place: by the log.
[[nodiscard]] std::vector<std::string> members_of(const event_log& log, const stream_id& place);
/// Why the joins and lefts of all places do not alternate for some session; empty when they do.
[[nodiscard]] std::string wrong_with_membership(const event_log& log);

} // namespace parley::test
