#pragma once
// Which actor runs which entity now. Entities are addressed by stream id and started on demand; a message and the end
// of an actor are ordered by one lock a shard, so that no message is lost to an entity that passivates, and no stream
// ever has two actors that both take commands. Thread-safe.

#include "actors/messages.hpp"

#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace parley {

struct runtime;

class registry final : public entities {
public:
  registry(caf::actor_system& system, std::size_t entities_max);
  ~registry() override;
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  /// Before the first message; `rt` outlives the actors. Starts passivation.
  void run_with(runtime& rt);

  void ask(const stream_id& who, any_request r) override;
  void ask(const stream_id& who, request<domain::session> r);

  /// To a session. A client's arrival, its going and a cut login start it when need be; what else comes for one that is
  /// not in memory is dropped, but a client whose command finds nobody is told to come back.
  void tell(const stream_id& session, client_arrived_ptr m);
  void tell(const stream_id& session, client_command_ptr m);
  void tell(const stream_id& session, client_gone_ptr m);
  void tell(const stream_id& session, login_cut_ptr m);
  void tell(const stream_id& session, dismissed_ptr m);
  void tell(const stream_id& session, admitted_ptr m);

  /// Delivers a durable timer to its entity. `done` as any reply.
  void fire(const timer& t, time_point now, reply done);

  /// Removes an entity that is idle: `still_idle` is asked under the lock, so nothing can slip in between.
  template <class Idle>
  bool try_passivate(const stream_id& who, const caf::event_based_actor& self, Idle still_idle) {
    auto& s = shard_of(who);
    const std::lock_guard lock{s.mutex};
    if (!still_idle()) return false;
    const auto at = s.actors.find(who.text);
    if (at == s.actors.end() || caf::actor_cast<caf::abstract_actor*>(at->second) != &self)
      return true; // replaced: nothing more will come
    s.actors.erase(at);
    return true;
  }
  /// The entity's actor fails now, perhaps with commits under way: its successor must let those come to rest first.
  void note_failure(const stream_id& who, const std::exception_ptr& failure);
  /// Whether the actor before this one failed; asked once, before the first recovery.
  [[nodiscard]] bool take_failure(const stream_id& who);
  /// The actor is gone, whatever the reason.
  void forget(const stream_id& who, const caf::actor_addr& was);

  /// Entities in memory.
  [[nodiscard]] std::size_t size() const;
  /// Asks a share of them whether they are idle. Called by an actor of the registry's own, so that each is asked about
  /// once in `passivate_after`: a delayed message an entity would keep those in memory that ended.
  void sweep();
  /// Ends all actors; further commands are answered errc::unavailable.
  void stop();

private:
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, caf::actor> actors; // by stream id
    std::unordered_set<std::string> failed;             // at most failed_max; when full, everybody is taken for one
  };
  static constexpr std::size_t shards = 16;
  static constexpr std::size_t failed_max = 1024;

  shard& shard_of(const stream_id& who) { return shards_[std::hash<stream_id>{}(who) % shards]; }
  template <class Message>
  bool send(const stream_id& who, Message m, bool start);
  caf::actor spawn(const stream_id& who);

  caf::actor_system& system_;
  runtime* runtime_ = nullptr;
  const std::size_t shard_max_;
  std::array<shard, shards> shards_;
  std::atomic<bool> stopped_{false};
  std::size_t next_swept_ = 0; // the sweeper's only
  caf::actor sweeper_;
};

} // namespace parley
