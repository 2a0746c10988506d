#include "actors/registry.hpp"

#include "actors/account_actor.hpp"
#include "actors/event_sourced.hpp"
#include "actors/listing_actor.hpp"
#include "actors/session_actor.hpp"

#include <spdlog/spdlog.h>

namespace parley {
namespace {

/// Sweeps one shard of the registry at a time, all of them once in `passivate_after`.
class sweeper final : public caf::event_based_actor {
public:
  sweeper(caf::actor_config& config, registry& swept, std::chrono::milliseconds every)
    : caf::event_based_actor{config}
    , swept_{swept}
    , every_{std::max(every, std::chrono::milliseconds{1})} {}
  caf::behavior make_behavior() override {
    delayed_send(this, caf::timespan{every_}, tick_atom::value);
    return {[this](tick_atom) {
      swept_.sweep();
      delayed_send(this, caf::timespan{every_}, tick_atom::value);
    }};
  }
  const char* name() const override { return "sweeper"; }

private:
  registry& swept_;
  const std::chrono::milliseconds every_;
};

// --- what differs between the families -----------------------------------------------------------------------------

template <class Entity>
struct shell_of {
  using type = event_sourced<Entity>;
};
template <>
struct shell_of<domain::account> {
  using type = account_actor;
};

template <>
struct shell_of<domain::listing> {
  using type = listing_actor;
};

template <class... Entities>
caf::actor spawn_of_family(caf::actor_system& system, runtime& rt, const stream_id& who, entity_list<Entities...>) {
  caf::actor started;
  const auto attempt = [&]<class Entity>(std::type_identity<Entity>) {
    if (who.family() == Entity::family)
      started = system.spawn<typename shell_of<Entity>::type, caf::lazy_init>(rt, who);
  };
  (attempt(std::type_identity<Entities>{}), ...);
  return started;
}

template <class... Entities>
std::optional<any_command> timer_of_family(const timer& t, entity_list<Entities...>) {
  std::optional<any_command> fired;
  const auto attempt = [&]<class Entity>(std::type_identity<Entity>) {
    if constexpr (requires { typename Entity::timer_fired; })
      if (t.stream.family() == Entity::family) fired = typename Entity::command{typename Entity::timer_fired{t.what}};
  };
  (attempt(std::type_identity<Entities>{}), ...);
  return fired;
}

} // namespace

registry::registry(caf::actor_system& system, std::size_t entities_max)
  : system_{system}
  , shard_max_{std::max<std::size_t>(1, entities_max / shards)} {}

registry::~registry() { stop(); }

void registry::run_with(runtime& rt) {
  runtime_ = &rt;
  sweeper_ = system_.spawn<sweeper>(*this, rt.passivate_after / shards);
}

void registry::sweep() {
  std::vector<caf::actor> asked;
  std::vector<stream_id> orphans;
  {
    auto& s = shards_[next_swept_++ % shards];
    const std::lock_guard lock{s.mutex};
    asked.reserve(s.actors.size());
    for (const auto& [who, actor] : s.actors) asked.push_back(actor);
    for (const auto& who : s.failed)
      if (stream_id{who}.family() == domain::session::family) orphans.push_back({who});
  }
  // A session that failed as its client went: nobody else would start its grace.
  for (const auto& session : orphans) tell(session, std::make_shared<client_gone>());
  for (const auto& actor : asked) caf::anon_send(actor, tick_atom::value);
}

/// Finds the entity's actor, starting it when asked to, and puts the message into its mailbox under the same lock that
/// passivation takes. False when nobody was there, or the shard is full. What an actor that just failed cannot take is
/// dropped after the lock: its `reply` may come back here.
template <class Message>
bool registry::send(const stream_id& who, Message m, bool start) {
  auto& s = shard_of(who);
  const std::lock_guard lock{s.mutex};
  if (stopped_) return false;
  auto at = s.actors.find(who.text);
  if (at == s.actors.end()) {
    if (!start || s.actors.size() >= shard_max_) return false;
    at = s.actors.emplace(who.text, spawn(who)).first;
  }
  caf::anon_send(at->second, m);
  return true;
}

caf::actor registry::spawn(const stream_id& who) {
  PARLEY_ASSERT(runtime_ != nullptr);
  auto started = who.family() == domain::session::family
                     ? caf::actor{system_.spawn<session_actor, caf::lazy_init>(*runtime_, who)}
                     : spawn_of_family(system_, *runtime_, who, addressed_entities{});
  PARLEY_ASSERT(started != nullptr); // callers make stream ids from their entity's own family
  started->attach_functor([this, who, was = started->address()] { forget(who, was); });
  return started;
}

void registry::note_failure(const stream_id& who, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    spdlog::error("entity {} failed and will be recovered from the log: {}", who.text, e.what());
  } catch (...) {
    spdlog::error("entity {} failed and will be recovered from the log", who.text);
  }
  auto& s = shard_of(who);
  const std::lock_guard lock{s.mutex};
  if (s.failed.size() < failed_max) s.failed.insert(who.text);
}

bool registry::take_failure(const stream_id& who) {
  auto& s = shard_of(who);
  const std::lock_guard lock{s.mutex};
  return s.failed.size() >= failed_max || s.failed.erase(who.text) != 0;
}

void registry::forget(const stream_id& who, const caf::actor_addr& was) {
  auto& s = shard_of(who);
  const std::lock_guard lock{s.mutex};
  const auto at = s.actors.find(who.text);
  if (at != s.actors.end() && at->second.address() == was) s.actors.erase(at);
}

// A request that finds no room is dropped here, and its `reply` answers errc::unavailable as it goes.
void registry::ask(const stream_id& who, any_request r) {
  std::visit(
      [&]<class Entity>(request<Entity>& one) { send(who, std::make_shared<request<Entity>>(std::move(one)), true); },
      r);
}
void registry::ask(const stream_id& who, request<domain::session> r) {
  send(who, std::make_shared<request<domain::session>>(std::move(r)), true);
}

void registry::tell(const stream_id& session, client_arrived_ptr m) { send(session, std::move(m), true); }
void registry::tell(const stream_id& session, client_command_ptr m) {
  const auto client = m->client;
  if (!send(session, std::move(m), false)) client->close(close_reason::come_back);
}
void registry::tell(const stream_id& session, client_gone_ptr m) { send(session, std::move(m), true); }
void registry::tell(const stream_id& session, login_cut_ptr m) { send(session, std::move(m), true); }
void registry::tell(const stream_id& session, dismissed_ptr m) { send(session, std::move(m), false); }
void registry::tell(const stream_id& session, admitted_ptr m) { send(session, std::move(m), false); }

void registry::fire(const timer& t, time_point now, reply done) {
  domain::context by;
  by.now = now;
  by.cause = "timer:" + t.what;
  if (t.stream.family() == domain::session::family)
    return ask(t.stream,
               request<domain::session>{
                   domain::session::timer_fired{t.what, runtime_->session_grace}, by, {}, {}, std::move(done)});
  if (auto fired = timer_of_family(t, addressed_entities{}))
    return ask(t.stream, request_of(std::move(*fired), std::move(by), std::nullopt, std::move(done)));
  done(answer{}); // a timer nobody knows any more
}

std::size_t registry::size() const {
  std::size_t total = 0;
  for (const auto& s : shards_) {
    const std::lock_guard lock{s.mutex};
    total += s.actors.size();
  }
  return total;
}

void registry::stop() {
  stopped_ = true;
  if (sweeper_) caf::anon_send_exit(std::exchange(sweeper_, nullptr), caf::exit_reason::user_shutdown);
  for (auto& s : shards_) {
    std::unordered_map<std::string, caf::actor> ended;
    {
      const std::lock_guard lock{s.mutex};
      ended.swap(s.actors);
    }
    for (auto& [who, actor] : ended) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }
}

} // namespace parley
