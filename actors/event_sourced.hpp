#pragma once
// The one shell around every decider. It recovers an entity from its stream (snapshot, then events), and then for each
// command: decides on the state as it is, evolves it at once in memory, hands the events to the log without waiting,
// and releases the reply and the publications when they are durable, in order. So commands are pipelined, and nothing
// is seen that a crash could take back: even a refusal waits for the events it was decided on.
//
// When a commit fails, everything decided after it is refused and the entity recovers from the log. An entity nobody
// speaks to passivates. Every path replies. Runs on whatever thread CAF schedules it; nothing blocks.

#include "actors/registry.hpp"
#include "actors/runtime.hpp"
#include "events/assertion.hpp"

#include <deque>
#include <spdlog/spdlog.h>
#include <unordered_map>

namespace parley {

template <class Entity>
class event_sourced : public caf::event_based_actor {
public:
  using state_type = typename Entity::state;
  using event_type = typename Entity::event;

  event_sourced(caf::actor_config& config, runtime& rt, stream_id stream)
    : caf::event_based_actor{config}, rt_{rt}, stream_{std::move(stream)} {
    set_exception_handler([this](std::exception_ptr& failure) { return failed(failure); });
  }

  caf::behavior make_behavior() override {
    start();
    return {[this](request_ptr<Entity>& r) { receive(std::move(r)); },
            [this](const appended_ptr& a) { release(*a); },
            [this](const loaded_ptr& l) { recover(*l); },
            [this](tick_atom) { passivate_when_idle(); }};
  }

  const char* name() const override { return Entity::family.data(); }

protected:
  // --- what a kind of entity may add -----------------------------------------------------------------------------

  /// The state is that of the log: after the first recovery, and after each failure.
  virtual void recovered() {}
  /// One event of this entity became durable.
  virtual void committed(const event_type&) {}
  /// What a caller is told when its commit failed.
  virtual error explain(error e, [[maybe_unused]] bool claimed) const { return e; }
  /// False keeps an entity in memory that nobody spoke to.
  [[nodiscard]] virtual bool may_passivate() const { return true; }

  // --- for derived shells -----------------------------------------------------------------------------------------

  /// Arms passivation. Called once, before the first message.
  void start() {
    touched_ = rt_.clock.now();
    delayed_send(this, caf::timespan{rt_.passivate_after}, tick_atom::value);
  }

  void receive(request_ptr<Entity> r) {
    touched_ = r->by.now;
    if (phase_ == phase::ready) return handle(std::move(r));
    if (stash_.size() >= rt_.stash_max) return r->respond(fail(errc::unavailable, "still recovering", 1));
    stash_.push_back(std::move(r));
    load();
  }

  /// Asks oneself: the command is decided at once when recovered, else after recovery.
  void command(typename Entity::command c, domain::context by, reply::function then = nullptr) {
    auto r = std::make_shared<parley::request<Entity>>();
    r->command = std::move(c);
    r->by = std::move(by);
    r->respond = reply{then ? std::move(then) : [](result<answer>) {}};
    receive(std::move(r));
  }

  /// Recovers from the log unless that is done or under way.
  void load() {
    if (phase_ != phase::unknown) return;
    phase_ = phase::loading;
    state_ = {};
    version_ = snapshot_version_ = 0;
    rt_.log.load(caf::actor_cast<caf::strong_actor_ptr>(this), ++load_ticket_, stream_, 0, !ignore_snapshot_);
  }

  /// The stream is known to be new: its id was made a moment ago.
  void assume_new() {
    if (phase_ == phase::unknown) phase_ = phase::ready;
  }

  [[nodiscard]] bool is_ready() const { return phase_ == phase::ready; }
  [[nodiscard]] const state_type& state() const { return state_; }
  [[nodiscard]] const stream_id& stream() const { return stream_; }
  [[nodiscard]] runtime& rt() { return rt_; }

  /// Leaves memory now, unless a message came in meanwhile or something is under way.
  void passivate() {
    if (!pending_.empty() || phase_ == phase::loading) return;
    if (rt_.entities.try_passivate(stream_, *this, [this] { return mailbox().empty(); })) quit();
  }

  void release(const appended& a) {
    std::vector<publication_ptr> published;
    for (const auto& one : a.answers) {
      if (one.ticket <= void_until_) continue; // of before a failure, answered then
      release_waiting(published);
      PARLEY_ASSERT(!pending_.empty() && pending_.front().ticket == one.ticket);
      if (!one.outcome) {
        give_up(one.outcome.error());
        break;
      }
      release_front(&*one.outcome, published);
    }
    release_waiting(published);
    if (!published.empty()) rt_.out.publish(published);
  }

  void recover(const loaded& l) {
    if (phase_ != phase::loading || l.ticket != load_ticket_) return;
    if (auto replayed = replay(l); !replayed) return abandon_recovery(replayed.error());
    if (!l.last)
      return rt_.log.load(caf::actor_cast<caf::strong_actor_ptr>(this), ++load_ticket_, stream_, version_, false);
    phase_ = phase::ready;
    if (std::exchange(healing_, false)) republish_last(l);
    recovered();
    for (auto& r : std::exchange(stash_, {})) receive(std::move(r));
  }

  void passivate_when_idle() {
    const auto idle = rt_.clock.now() - touched_;
    if (idle >= rt_.passivate_after && may_passivate()) passivate();
    delayed_send(this, caf::timespan{rt_.passivate_after}, tick_atom::value);
  }

private:
  enum class phase { unknown, loading, ready };

  /// A command between its decision and its release.
  struct pending {
    std::uint64_t ticket = 0; ///< 0: writes nothing, but waits for what was decided before it
    result<answer> outcome;
    reply respond;
    std::vector<publication_ptr> published;
    std::vector<timer_change> timers;
    std::vector<session_id> dismissed;
    std::string key;
    bool claimed = false;
  };

  static constexpr bool is_place = Entity::family == domain::room::family || Entity::family == domain::lounge::family;

  void handle(request_ptr<Entity> r) {
    if (r->once && answered_before(*r)) return;
    if (r->if_match && *r->if_match != version_) return settle(*r, fail(errc::precondition_failed));
    auto decided = Entity::decide(state_, r->command, r->by);
    if (!decided) return settle(*r, tl::make_unexpected(std::move(decided.error())));
    const bool writes = !decided->events.empty() || !decided->timers.empty() || r->once;
    if (writes)
      if (auto refusal = rt_.log.refuses_writes()) return settle(*r, tl::make_unexpected(std::move(*refusal)));
    carry_out(*r, std::move(*decided), writes);
  }

  /// True when the key was used before, or is under way: then the request is answered or waits.
  bool answered_before(parley::request<Entity>& r) {
    if (const auto under_way = keys_.find(r.once->key); under_way != keys_.end()) {
      if (under_way->second.fingerprint != r.once->fingerprint) r.respond(fail(errc::key_reused));
      else if (r.once->refuse_while_pending) r.respond(fail(errc::request_in_progress, {}, 1));
      else under_way->second.waiting.push_back(std::move(r.respond));
      return true;
    }
    auto known = rt_.log.find_outcome(r.once->key);
    if (!known) r.respond(tl::make_unexpected(std::move(known.error())));
    else if (!*known || (*known)->expires_at <= r.by.now) return false;
    else if ((*known)->fingerprint != r.once->fingerprint) r.respond(fail(errc::key_reused));
    else r.respond(answer{std::move((*known)->reply), (*known)->position, (*known)->version, true});
    return true;
  }

  void carry_out(parley::request<Entity>& r, domain::decision<event_type> d, bool writes) {
    pending p;
    p.claimed = !d.claims.empty();
    stream_append append{stream_, version_, {}};
    append.events.reserve(d.events.size());
    for (auto& e : d.events) {
      Entity::evolve(state_, e, r.by.now);
      append.events.push_back(encode(e));
      p.published.push_back(std::make_shared<const publication>(
          publication{stream_, ++version_, r.by.now, event{std::move(e)}}));
    }
    for (auto& s : d.signals)
      p.published.push_back(std::make_shared<const publication>(publication{stream_, 0, r.by.now, std::move(s)}));
    if (d.refused_with) p.outcome = tl::make_unexpected(std::move(*d.refused_with));
    else p.outcome = answer{Entity::reply(state_, r.command, r.by, version_), 0, version_, false};
    p.respond = std::move(r.respond);
    p.dismissed = std::move(d.dismissed);
    if (!writes) return line_up(std::move(p));

    for (auto& t : d.timers)
      if (t.timer.stream.empty()) t.timer.stream = stream_;
    append_request request;
    request.time = r.by.now;
    request.actor = r.by.user.empty() ? "system" : r.by.user.text;
    request.cause = r.by.cause;
    request.timers = d.timers;
    p.timers = std::move(d.timers);
    if (!append.events.empty()) request.streams.push_back(std::move(append));
    for (auto& claim : d.claims) request.streams.push_back(std::move(claim));
    if (r.once && p.outcome) {
      p.key = r.once->key;
      keys_.try_emplace(p.key, key_under_way{r.once->fingerprint, {}});
      request.outcome = command_outcome{r.once->key, r.once->fingerprint, p.outcome->body, 0,
                                        version_,    r.by.now + rt_.idempotency_lifetime};
    }
    if (version_ - snapshot_version_ >= rt_.snapshot_every) {
      request.snapshot = snapshot{stream_, version_, Entity::snapshot_schema, Entity::snapshot(state_)};
      snapshot_version_ = version_;
    }
    p.ticket = ++last_ticket_;
    pending_.push_back(std::move(p));
    rt_.log.submit(caf::actor_cast<caf::strong_actor_ptr>(this), last_ticket_, std::move(request));
  }

  /// Answers without writing; after what was decided before, whose durability the answer depends on.
  void settle(parley::request<Entity>& r, result<answer> outcome) {
    if (pending_.empty()) return r.respond(std::move(outcome));
    pending p;
    p.outcome = std::move(outcome);
    p.respond = std::move(r.respond);
    pending_.push_back(std::move(p));
  }

  void line_up(pending p) {
    const bool at_once = pending_.empty();
    pending_.push_back(std::move(p));
    if (!at_once) return;
    std::vector<publication_ptr> published;
    release_front(nullptr, published);
    if (!published.empty()) rt_.out.publish(published);
  }

  void release_waiting(std::vector<publication_ptr>& published) {
    while (!pending_.empty() && pending_.front().ticket == 0) release_front(nullptr, published);
  }

  void release_front(const commit* at, std::vector<publication_ptr>& published) {
    auto p = std::move(pending_.front());
    pending_.pop_front();
    for (const auto& t : p.timers)
      if (t.set) rt_.alarms.arm(t.timer.due);
    for (const auto& session : p.dismissed)
      rt_.entities.tell(make_stream(domain::session::family, session.text),
                        std::make_shared<dismissed>(dismissed{stream_}));
    if (p.outcome && at) p.outcome->at = at->last;
    if (!p.key.empty()) answer_waiting(p.key, p.outcome);
    for (const auto& each : p.published) // before the reply: it may pass the entity on
      if (const auto* e = std::get_if<event>(&each->what)) committed(std::get<event_type>(*e));
    p.respond(std::move(p.outcome));
    if constexpr (is_place) std::move(p.published.begin(), p.published.end(), std::back_inserter(published));
  }

  void answer_waiting(const std::string& key, const result<answer>& outcome) {
    const auto node = keys_.extract(key);
    if (node.empty()) return;
    for (auto& waiting : node.mapped().waiting) {
      auto repeated = outcome;
      if (repeated) repeated->repeated = true;
      waiting(std::move(repeated));
    }
  }

  /// A commit failed: what was decided on it never happened. Refuses all of it and recovers.
  void give_up(const error& why) {
    void_until_ = last_ticket_;
    phase_ = phase::unknown;
    healing_ = true;
    for (auto& p : std::exchange(pending_, {})) {
      const auto told = explain(why, p.claimed);
      if (!p.key.empty()) answer_waiting(p.key, tl::make_unexpected(told));
      p.respond(tl::make_unexpected(told));
    }
    load();
  }

  result<void> replay(const loaded& l) {
    if (!l.page) return tl::make_unexpected(l.page.error());
    if (!l.base) return tl::make_unexpected(l.base.error());
    if (*l.base && (*l.base)->schema == Entity::snapshot_schema) {
      auto restored = Entity::restore((*l.base)->state);
      if (!restored) return tl::make_unexpected(restored.error());
      state_ = std::move(*restored);
      version_ = snapshot_version_ = (*l.base)->version;
    } else if (*l.base) {
      return fail(errc::corrupt, "snapshot of another schema"); // the reader skipped to it: see abandon_recovery
    }
    for (const auto& r : *l.page) {
      auto content = content_of(r);
      if (!content) return tl::make_unexpected(content.error());
      const auto* mine = std::get_if<event_type>(&*content);
      if (!mine || r.version != version_ + 1) return fail(errc::corrupt, "the stream has a gap or a foreign event");
      Entity::evolve(state_, *mine, r.time);
      version_ = r.version;
    }
    return {};
  }

  void abandon_recovery(const error& why) {
    if (why.code == errc::corrupt && !ignore_snapshot_) {
      // A snapshot is only a shortcut. Whatever is wrong with it, the events decide.
      ignore_snapshot_ = true;
      state_ = {};
      version_ = snapshot_version_ = 0;
      return rt_.log.load(caf::actor_cast<caf::strong_actor_ptr>(this), ++load_ticket_, stream_, 0, false);
    }
    if (why.code == errc::corrupt) spdlog::critical("stream {} cannot be recovered: {}", stream_.text, text_of(why));
    phase_ = phase::unknown;
    for (auto& r : std::exchange(stash_, {})) r->respond(tl::make_unexpected(why));
  }

  /// Somebody may wait for an event that became durable although its commit was answered as failed. Publishing the last
  /// one once more shows the hub the gap; whoever has it skips it.
  void republish_last(const loaded& l) {
    if constexpr (is_place) {
      if (!l.page || l.page->empty()) return;
      const auto& last = l.page->back();
      const publication_ptr again = std::make_shared<const publication>(
          publication{stream_, last.version, last.time, std::move(*content_of(last))});
      rt_.out.publish({&again, 1});
    }
  }

  caf::error failed(std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      spdlog::error("entity {} failed and will be recovered from the log: {}", stream_.text, e.what());
    } catch (...) {
      spdlog::error("entity {} failed and will be recovered from the log", stream_.text);
    }
    return caf::exit_reason::unhandled_exception;
  }

  struct key_under_way {
    std::string fingerprint;
    std::vector<reply> waiting;
  };

  runtime& rt_;
  const stream_id stream_;
  phase phase_ = phase::unknown;
  state_type state_;
  version version_ = 0;          ///< of `state_`, durable or not
  version snapshot_version_ = 0;
  std::deque<pending> pending_;
  std::unordered_map<std::string, key_under_way> keys_;
  std::vector<request_ptr<Entity>> stash_;
  std::uint64_t last_ticket_ = 0, load_ticket_ = 0;
  std::uint64_t void_until_ = 0; ///< answers to these tickets come too late
  bool ignore_snapshot_ = false;
  bool healing_ = false;
  time_point touched_;
};

} // namespace parley
