#pragma once
// The one shell around every decider. It recovers an entity from its stream (snapshot, then events), and then for each
// command: decides on the state as it is, evolves it at once in memory, hands the events to the log without waiting,
// and releases the reply and the publications when they are durable, in order. So commands are pipelined, and nothing
// is seen that a crash could take back: even a refusal waits for the events it was decided on.
//
// When a commit fails, everything decided after it is refused and the entity recovers from the log. An entity nobody
// speaks to passivates. Every path replies. Runs on whatever thread CAF schedules it; nothing blocks.

#include "actors/entity_image.hpp"
#include "actors/keys_under_way.hpp"
#include "actors/pending_command.hpp"
#include "actors/places.hpp"
#include "actors/prefetch.hpp"
#include "actors/registry.hpp"
#include "actors/runtime.hpp"
#include "events/assertion.hpp"

#include <deque>
#include <spdlog/spdlog.h>

namespace parley {

template <class Entity>
class event_sourced : public caf::event_based_actor {
public:
  using state_type = typename Entity::state;
  using event_type = typename Entity::event;

  event_sourced(caf::actor_config& config, runtime& rt, stream_id stream)
    : caf::event_based_actor{config}
    , rt_{rt}
    , stream_{std::move(stream)}
    , touched_{rt.clock.now()} {
    set_exception_handler([this](std::exception_ptr& failure) { return failed(failure); });
  }

  caf::behavior make_behavior() override { return entity_messages(); }
  const char* name() const override { return Entity::family.data(); }

  /// Whatever still waits is answered errc::unavailable here, while the actor can still be called.
  void on_exit() override {
    phase_ = phase::over;
    const auto waiting = std::tuple{std::exchange(stash_, {}), std::exchange(pending_, {}), std::exchange(keys_, {})};
  }

protected:
  // --- what a kind of entity may add -----------------------------------------------------------------------------

  /// The state is that of the log: after the first recovery, and after each failure.
  virtual void recovered() {}
  /// The log could not be read, or not yet; whoever waited is answered so.
  virtual void not_recovered() {}
  /// One event of this entity became durable; once more when its commit had been answered as failed.
  virtual void committed(const event_type&) {}
  /// What a caller is told when its commit failed.
  virtual error explain(error e, [[maybe_unused]] bool claimed) const { return e; }
  /// True when this shell has taken the command over and answers it later.
  [[nodiscard]] virtual bool takes_over(request_ptr<Entity>&) { return false; }
  /// False keeps an entity in memory that nobody spoke to.
  [[nodiscard]] virtual bool may_passivate() const {
    if constexpr (requires { Entity::may_rest(image_.state); }) return Entity::may_rest(image_.state);
    return true;
  }

  // --- for derived shells -----------------------------------------------------------------------------------------

  /// What every shell understands; a derived one puts its own messages before them.
  caf::message_handler entity_messages() {
    return {[this](request_ptr<Entity>& r) { receive(std::move(r)); }, [this](const appended_ptr& a) { release(*a); },
            [this](const loaded_ptr& l) { recover(*l); },
            [this](heal_atom) {
              waits_to_heal_ = false;
              load();
            },
            [this](tick_atom) {
              if (rt_.clock.now() - touched_ >= rt_.passivate_after && may_passivate()) passivate();
            }};
  }

  void receive(request_ptr<Entity> r) {
    touched_ = r->by.now;
    if (phase_ == phase::ready) return handle(std::move(r));
    if (phase_ == phase::over) return r->respond(fail(errc::unavailable, "the entity ended; try again", 1));
    if (stash_.size() >= rt_.stash_max) return r->respond(fail(errc::unavailable, "still recovering", 1));
    stash_.push_back(std::move(r));
    load();
  }

  /// Asks oneself: the command is decided at once when recovered, else after recovery. `then` is called in this actor.
  void command(typename Entity::command c, domain::context by, reply::function then = nullptr) {
    auto r = std::make_shared<parley::request<Entity>>();
    r->command = std::move(c);
    r->by = std::move(by);
    r->respond = reply{then ? std::move(then) : [](result<answer>) {}};
    receive(std::move(r));
  }

  /// Recovers from the log unless that is done or under way. After a failed commit it waits until the log takes writes
  /// again: only then is it settled what became durable.
  void load() {
    if (phase_ != phase::unknown) return;
    if (!std::exchange(looked_back_, true) && rt_.entities.take_failure(stream_)) return await_predecessor();
    if (healing_)
      if (const auto refusal = rt_.log.refuses_writes()) return abandon_recovery(*refusal);
    phase_ = phase::loading;
    image_ = {};
    ask_for_page(image_.version, !ignore_snapshot_);
  }

  /// The stream is known to be new: its id was made a moment ago.
  void assume_new() {
    if (phase_ == phase::unknown) phase_ = phase::ready;
  }

  [[nodiscard]] bool is_ready() const { return phase_ == phase::ready; }
  [[nodiscard]] const state_type& state() const { return image_.state; }
  [[nodiscard]] const stream_id& stream() const { return stream_; }
  [[nodiscard]] runtime& rt() const { return rt_; }

  /// Leaves memory now, unless a message came in or something is under way. Nor while it is to heal: the next actor
  /// would not know that the log may still turn out to hold what was answered as failed.
  void passivate() {
    if (!pending_.empty() || healing_ || phase_ == phase::loading || phase_ == phase::draining) return;
    if (rt_.entities.try_passivate(stream_, *this, [this] { return mailbox().empty(); })) quit();
  }

private:
  /// unknown: not recovered; draining: a commit failed, more answers are to come; looking_back: recovered since then.
  enum class phase { unknown, draining, loading, looking_back, ready, over };

  // --- deciding ---------------------------------------------------------------------------------------------------

  void handle(request_ptr<Entity> r) {
    if (takes_over(r)) return;
    if (image_.has_taken(r->by)) return settle(*r, answer{"{}", 0, image_.version, true});
    if (r->once && keys_.takes(*r->once, r->respond, rt_.log, r->by.now)) return;
    if (r->if_match && *r->if_match != image_.version) return settle(*r, fail(errc::precondition_failed));
    if constexpr (asks_the_log<Entity>)
      if (auto told = prefetch<Entity>(rt_.log, image_.state, r->command); !told)
        return settle(*r, tl::make_unexpected(std::move(told.error())));
    auto decided = Entity::decide(image_.state, r->command, r->by);
    if (!decided) return settle(*r, tl::make_unexpected(std::move(decided.error())));
    const bool writes = !decided->events.empty() || !decided->timers.empty() || r->once;
    if (writes)
      if (auto refusal = rt_.log.refuses_writes()) return settle(*r, tl::make_unexpected(std::move(*refusal)));
    carry_out(*r, std::move(*decided), writes);
  }

  void carry_out(parley::request<Entity>& r, domain::decision<event_type> d, bool writes) {
    pending_command p;
    p.claimed = !d.claims.empty();
    if constexpr (is_place<Entity>) {
      for (const auto& each : d.dismissed)
        p.whom.dismissed.push_back(let_go(stream_, image_.state, each, image_.version + d.events.size()));
      p.whom.admitted = std::move(d.admitted);
    }
    // Also without events: the expected version keeps out what was decided on a commit that failed.
    stream_append append{stream_, image_.version, {}};
    append.events.reserve(d.events.size());
    for (auto& e : d.events) {
      image_.evolve(e, r.by);
      auto shown = make_publication(stream_, image_.version, r.by.now, event{std::move(e)});
      append.events.push_back(encode(std::get<event>(shown->what)));
      p.published.push_back(std::move(shown));
    }
    for (auto& s : d.signals) {
      if constexpr (requires { Entity::heed(image_.state, s); }) Entity::heed(image_.state, s);
      p.published.push_back(make_publication(stream_, 0, r.by.now, std::move(s)));
    }
    for (auto& s : d.remote_signals)
      p.published.push_back(make_publication(std::move(s.topic), 0, r.by.now, std::move(s.what)));
    p.outcome = outcome_of(r, d);
    p.respond = std::move(r.respond);
    if (!writes) return line_up(std::move(p));

    for (auto& t : d.timers)
      if (t.timer.stream.empty()) t.timer.stream = stream_;
    append_request request;
    request.time = r.by.now;
    request.actor = r.by.user.empty() ? actor_system : r.by.user.text;
    request.cause = r.by.cause;
    request.timers = d.timers;
    p.timers = std::move(d.timers);
    request.streams.push_back(std::move(append));
    for (auto& claim : d.claims) request.streams.push_back(std::move(claim));
    if (r.once && p.outcome) {
      p.key = r.once->key;
      keys_.begin(*r.once);
      request.outcome = command_outcome{r.once->key, r.once->fingerprint, p.outcome->body,
                                        0,           image_.version,      r.by.now + rt_.idempotency_lifetime};
    }
    if (image_.version - image_.snapshot_version >= snapshot_every<Entity>(image_.state, rt_.snapshot_every)) {
      request.snapshot = snapshot{stream_, image_.version, Entity::snapshot_schema, Entity::snapshot(image_.state)};
      image_.snapshot_version = image_.version;
    }
    p.ticket = ++last_ticket_;
    pending_.push_back(std::move(p));
    rt_.log.submit(myself(), last_ticket_, std::move(request));
  }

  result<answer> outcome_of(const parley::request<Entity>& r, domain::decision<event_type>& d) const {
    if (d.refused_with) return tl::make_unexpected(std::move(*d.refused_with));
    answer a{Entity::reply(image_.state, r.command, r.by, image_.version), 0, image_.version, false};
    if constexpr (is_place<Entity>) {
      if (std::holds_alternative<typename Entity::join>(r.command))
        a.since = domain::came_in(image_.state, r.by.session);
      a.forgetful = domain::is_forgetful(image_.state);
      a.waiting = domain::is_waiting(image_.state, r.by.session);
    }
    return a;
  }

  /// Answers without writing; after what was decided before, whose durability the answer depends on.
  void settle(parley::request<Entity>& r, result<answer> outcome) {
    pending_command p;
    p.outcome = std::move(outcome);
    p.respond = std::move(r.respond);
    line_up(std::move(p));
  }

  void line_up(pending_command p) {
    const bool at_once = pending_.empty();
    pending_.push_back(std::move(p));
    if (!at_once) return;
    released out;
    release_front(nullptr, out);
    let_out(out);
    leave_if_nothing();
  }

  /// An entity that does not exist is not kept for being asked after: names are cheap to invent.
  void leave_if_nothing() {
    if (Entity::family == domain::session::family || image_.version != 0 || !pending_.empty()) return;
    touched_ = {};
    send(this, tick_atom::value);
  }

  // --- releasing what became durable --------------------------------------------------------------------------------

  void release(const appended& a) {
    released out;
    for (const auto& one : a.answers) {
      answered_ = one.ticket;
      if (one.ticket <= void_until_) continue; // decided on what failed, and refused then
      release_waiting(out);
      PARLEY_ASSERT(!pending_.empty() && pending_.front().ticket == one.ticket);
      if (one.outcome)
        release_front(&*one.outcome, out);
      else
        give_up(one.outcome.error());
    }
    release_waiting(out);
    let_out(out);
    if (phase_ != phase::draining || answered_ < void_until_) return;
    phase_ = phase::unknown;
    load();
  }

  void release_waiting(released& out) {
    while (!pending_.empty() && pending_.front().ticket == 0) release_front(nullptr, out);
  }

  void release_front(const commit* at, released& out) {
    auto p = std::move(pending_.front());
    pending_.pop_front();
    for (const auto& t : p.timers)
      if (t.set) rt_.alarms.arm(t.timer.due);
    out.wrote = out.wrote || at;
    if (p.outcome && at) p.outcome->at = at->last;
    if (!p.key.empty()) keys_.finish(p.key, p.outcome);
    for (const auto& each : p.published) // before the reply: it may pass the entity on
      if (const auto* e = std::get_if<event>(&each->what)) committed(std::get<event_type>(*e));
    tell(p.whom);
    p.respond(std::move(p.outcome));
    for (auto& each : p.published) // only places have readers of their events
      if (is_place<Entity> || each->seq == 0) out.published.push_back(std::move(each));
  }

  void tell(const concerned& whom) {
    for (const auto& d : whom.dismissed) rt_.entities.tell(make_stream(domain::session::family, d->session.text), d);
    for (const auto& session : whom.admitted)
      rt_.entities.tell(make_stream(domain::session::family, session.text),
                        std::make_shared<admitted>(admitted{stream_}));
  }

  void let_out(const released& out) {
    if (!out.published.empty()) rt_.out.publish(out.published);
    if constexpr (requires { Entity::is_followed; })
      if (out.wrote) rt_.follower.happened();
  }

  /// A commit failed: what was decided on it never happened. Refuses all of it, and recovers once the log has answered
  /// all that was handed to it.
  void give_up(const error& why) {
    void_until_ = last_ticket_;
    phase_ = phase::draining;
    healing_ = true;
    for (auto& p : std::exchange(pending_, {})) {
      const auto told = explain(why, p.claimed);
      if (!p.key.empty()) keys_.finish(p.key, tl::make_unexpected(told));
      p.respond(tl::make_unexpected(told));
    }
  }

  /// The actor before this one failed, and what it handed to the log may not be there yet. An empty request comes to
  /// rest after all of it.
  void await_predecessor() {
    phase_ = phase::draining;
    healing_ = true;
    void_until_ = ++last_ticket_;
    rt_.log.submit(myself(), last_ticket_, append_request{});
  }

  // --- recovering ---------------------------------------------------------------------------------------------------

  void ask_for_page(version after, bool with_snapshot = false) {
    rt_.log.load(myself(), ++load_ticket_, stream_, after, with_snapshot);
  }

  void recover(const loaded& l) {
    if (l.ticket != load_ticket_) return;
    if (phase_ == phase::looking_back) return look_back(l);
    if (phase_ != phase::loading) return;
    if (const auto replayed = image_.replay(l); !replayed) return abandon_recovery(replayed.error());
    if (!l.last) return ask_for_page(image_.version);
    if (healing_) rt_.alarms.arm(rt_.clock.now()); // of timers that became durable their process may not know
    if (!healing_ || image_.version == 0 || Entity::family == domain::session::family) return begin();
    phase_ = phase::looking_back;
    ask_for_page(image_.version - std::min(image_.version, look_back_events));
  }

  void begin() {
    phase_ = phase::ready;
    healing_ = false;
    recovered();
    for (auto& r : std::exchange(stash_, {})) receive(std::move(r));
    leave_if_nothing();
  }

  void abandon_recovery(const error& why) {
    if (why.code == errc::corrupt && !ignore_snapshot_) {
      // A snapshot is only a shortcut. Whatever is wrong with it, the events decide.
      ignore_snapshot_ = true;
      image_ = {};
      return ask_for_page(0);
    }
    if (why.code == errc::corrupt) spdlog::critical("stream {} cannot be recovered: {}", stream_.text, text_of(why));
    phase_ = phase::unknown;
    if (healing_ && !std::exchange(waits_to_heal_, true)) delayed_send(this, heal_after, heal_atom::value);
    for (auto& r : std::exchange(stash_, {})) r->respond(tl::make_unexpected(why));
    not_recovered();
  }

  /// What became durable although its commit was answered as failed: whom it concerns hears of it, and a place's last
  /// event, published once more, shows the hub the gap. The state is still that of the log: nothing new is decided yet.
  void look_back(const loaded& l) {
    if (!l.page) return l.page.error().code == errc::corrupt ? begin() : abandon_recovery(l.page.error());
    for (const auto& r : *l.page) {
      auto content = content_of(r);
      const auto* e = content ? std::get_if<event_type>(&*content) : nullptr;
      if (!e) continue;
      committed(*e);
      if constexpr (is_place<Entity>) {
        tell(concerned_by<Entity>(*e, r.version, stream_, image_));
        if (l.last && &r == &l.page->back())
          let_out({{make_publication(stream_, r.version, r.time, std::move(*content))}, false});
      }
    }
    if (l.last || l.page->empty()) return begin();
    ask_for_page(l.page->back().version);
  }

  caf::error failed(std::exception_ptr& failure) {
    rt_.entities.note_failure(stream_, failure);
    return caf::exit_reason::unhandled_exception;
  }

  caf::strong_actor_ptr myself() { return caf::actor_cast<caf::strong_actor_ptr>(this); }

  static constexpr std::chrono::seconds heal_after{1};
  static constexpr version look_back_events = 8192; ///< more than one commit of a place ever wrote

  runtime& rt_;
  const stream_id stream_;
  phase phase_ = phase::unknown;
  entity_image<Entity> image_; ///< as decided, durable or not
  std::deque<pending_command> pending_;
  keys_under_way keys_;
  std::vector<request_ptr<Entity>> stash_;
  std::uint64_t last_ticket_ = 0, answered_ = 0, load_ticket_ = 0;
  std::uint64_t void_until_ = 0; ///< answers to these tickets come too late
  bool ignore_snapshot_ = false;
  bool healing_ = false; ///< a commit failed, and the state was not yet read again
  bool waits_to_heal_ = false;
  bool looked_back_ = false; ///< asked whether there was an actor before, that failed
  time_point touched_;
};

} // namespace parley
