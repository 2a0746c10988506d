#include "actors/session_actor.hpp"

namespace parley {
namespace {

using domain::session;

constexpr std::size_t early_max = 1024;
constexpr std::chrono::seconds claim_wait{1};

/// Runs `f` in the actor's own context: replies come on the thread of the entity that answers.
template <class F>
reply::function back_in(caf::event_based_actor* self, F f) {
  return [handle = caf::actor_cast<caf::actor>(self), f = std::move(f)](result<answer> r) mutable {
    caf::anon_send(handle, std::make_shared<continuation>([f = std::move(f), r = std::move(r)]() mutable { f(r); }));
  };
}

} // namespace

session_actor::session_actor(caf::actor_config& config, runtime& rt, stream_id stream)
  : event_sourced{config, rt, std::move(stream)}, id_{std::string{this->stream().key()}} {}

caf::behavior session_actor::make_behavior() {
  start();
  return {[this](client_command_ptr& c) {
            if (attaching_ && early_.size() < early_max) return early_.push_back(std::move(c));
            serve(*c);
          },
          [this](const continuation_ptr& c) { (*c)(); },
          [this](request_ptr<session>& r) {
            // Of an earlier run: who is connected now did not lose anything by it.
            const auto* fired = std::get_if<session::timer_fired>(&r->command);
            if (fired && fired->what == "restart" && served_) return r->respond(answer{});
            receive(std::move(r));
          },
          [this](const appended_ptr& a) { release(*a); },
          [this](const loaded_ptr& l) { recover(*l); },
          [this](client_arrived_ptr& a) { attach_client(std::move(a)); },
          [this](const client_gone_ptr& d) { detach_client(*d); },
          [this](const dismissed_ptr& d) { dismiss(d->place); },
          [this](const login_cut_ptr&) {
            if (client_) client_->close(close_reason::log_in_again);
            client_ = nullptr;
            end("session-revoked");
          },
          [this](tick_atom) { passivate_when_idle(); }};
}

void session_actor::on_exit() {
  if (!who_.login.empty()) rt().sessions.remove(who_.login, id_);
  client_ = nullptr;
  attaching_ = nullptr;
  early_.clear();
}

// --- attaching: recover, check the login, greet, rejoin -------------------------------------------------------------

void session_actor::attach_client(client_arrived_ptr a) {
  if (client_ && client_ != a->client) client_->close(close_reason::taken_over);
  if (attaching_) attaching_->client->close(close_reason::taken_over);
  client_ = nullptr;
  served_ = true;
  attaching_ = std::move(a);
  if (!attaching_->resuming) assume_new();
  if (is_ready()) check_login();
  else load();
}

void session_actor::recovered() {
  if (attaching_) check_login();
  if (state().closed) leave_places();
}

void session_actor::check_login() {
  const auto login = attaching_->who.login;
  if (login.empty()) return let_in();
  // Entered first and asked then, so that a revocation in between is told to us.
  rt().sessions.add(login, id_);
  parley::request<domain::account> question;
  question.command = domain::account::check_login{login};
  question.by = as_system();
  question.respond = reply{back_in(this, [this, asked = attaching_](const result<answer>& r) {
    if (attaching_ != asked) return; // another connection came meanwhile
    if (r) return let_in();
    const bool refused = describe(r.error().code).status == 401;
    attaching_->client->close(refused ? close_reason::log_in_again : close_reason::come_back);
    attaching_ = nullptr;
    early_.clear();
    passivate();
  })};
  rt().entities.ask(make_stream(domain::account::family, attaching_->who.user.text), std::move(question));
}

void session_actor::let_in() {
  const auto a = std::exchange(attaching_, nullptr);
  const bool somebody_elses = !state().user.empty() && state().user != a->who.user;
  if (state().closed || somebody_elses) {
    early_.clear();
    return a->client->session_over();
  }
  client_ = a->client;
  who_ = a->who;
  greeting g{id_, who_.user, who_.name, who_.guest, a->resuming, {state().places.begin(), state().places.end()}};
  client_->greet(g);
  if (!state().id.empty()) command(session::resume{}, as_client());
  rejoin(a->seen);
  for (auto& c : std::exchange(early_, {})) serve(*c);
}

/// Follows every place again, from where the client says it is, else from what its last connection was handed. After a
/// crash nobody knows: the client has a moment to say so with a join, then it is told everything.
void session_actor::rejoin(const std::map<stream_id, version>& seen) {
  unclaimed_.clear();
  for (const auto& place : state().places) {
    if (const auto at = seen.find(place); at != seen.end()) client_->subscribe(place, at->second);
    else if (const auto handed = handed_.find(place); handed != handed_.end()) client_->subscribe(place, handed->second);
    else unclaimed_.insert(place);
  }
  if (unclaimed_.empty()) return;
  delayed_send(this, claim_wait, std::make_shared<continuation>([this, client = client_] {
                 if (client != client_) return;
                 for (const auto& place : std::exchange(unclaimed_, {})) client_->subscribe(place, 0);
               }));
}

void session_actor::detach_client(const client_gone& d) {
  if (attaching_ && attaching_->client == d.client) attaching_ = nullptr;
  if (d.client != client_) return; // an older connection's end
  client_ = nullptr;
  for (const auto& [place, seq] : d.handed) handed_[place] = std::max(handed_[place], seq);
  if (d.clean) return end("left");
  if (state().id.empty()) return passivate(); // nothing written: its tokens alone bring it back
  command(session::disconnect{"connection-lost", rt().session_grace}, as_client());
}

// --- commands of the client -------------------------------------------------------------------------------------------

void session_actor::serve(client_command& c) {
  if (c.client != client_) {
    // This actor is new (its predecessor failed): the client comes back and resumes.
    c.client->answer(c.ack, fail(errc::unavailable, "the session is recovering; reconnect", 1));
    return c.client->close(close_reason::come_back);
  }
  std::visit(
      [&](auto& what) {
        using what_type = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<what_type, join_place>) serve_join(c, what);
        else if constexpr (std::is_same_v<what_type, leave_place>) serve_leave(c, what);
        else forward(c, what);
      },
      c.what);
}

void session_actor::serve_join(client_command& c, join_place& j) {
  const bool was_in = state().places.contains(j.place);
  if (!was_in && state().places.size() >= domain::places_max)
    return client_->answer(c.ack, fail(errc::conflict, "in too many places at once; leave one first"));
  if (state().closed) return client_->answer(c.ack, fail(errc::session_revoked));
  unclaimed_.erase(j.place);
  auto refused = std::make_shared<bool>(false);
  // Our own note goes into the log before the place is asked; should it be refused, so is the join.
  command(session::enter{id_, who_.login, j.place}, as_client(),
          [client = client_, ack = c.ack, refused](result<answer> entered) {
            if (entered) return;
            *refused = true;
            client->answer(ack, tl::make_unexpected(entered.error()));
          });
  if (*refused) return;
  auto joined = [this, client = client_, ack = c.ack, place = j.place, after = j.after, was_in,
                 refused](const result<answer>& r) {
    if (*refused) return;
    if (!r) {
      if (!was_in) command(session::exit{place}, as_client());
      return client->answer(ack, tl::make_unexpected(r.error()));
    }
    client->answer(ack, *r);
    client->joined(place, r->body);
    if (client == client_) client->subscribe(place, after ? *after : r->version);
  };
  std::visit([&](auto& command) { ask(j.place, std::move(command), std::nullopt, back_in(this, std::move(joined))); },
             j.command);
}

void session_actor::serve_leave(client_command& c, const leave_place& l) {
  auto left = [this, client = client_, ack = c.ack, place = l.place](const result<answer>& r) {
    if (!r) return client->answer(ack, tl::make_unexpected(r.error()));
    client->unsubscribe(place);
    client->answer(ack, *r);
    client->left(place);
    handed_.erase(place);
    if (state().places.contains(place)) command(session::exit{place}, as_client());
  };
  if (l.place.family() == domain::room::family)
    ask(l.place, domain::room::command{domain::room::leave{}}, std::nullopt, back_in(this, std::move(left)));
  else ask(l.place, domain::lounge::command{domain::lounge::leave{}}, std::nullopt, back_in(this, std::move(left)));
}

void session_actor::forward(client_command& c, tell_place& t) {
  auto answered = [client = client_, ack = c.ack](result<answer> r) {
    client->answer(ack, std::move(r));
  };
  std::visit([&](auto& command) { ask(t.place, std::move(command), std::move(t.once), std::move(answered)); },
             t.command);
}

void session_actor::dismiss(const stream_id& place) {
  if (client_) client_->unsubscribe(place);
  handed_.erase(place);
  if (is_ready() && state().places.contains(place)) command(session::exit{place}, as_system());
}

// --- the end: every place gets its one `left` -----------------------------------------------------------------------

void session_actor::end(std::string reason) {
  if (is_ready() && state().id.empty()) return passivate();
  command(session::close{std::move(reason)}, as_client());
}

void session_actor::committed(const events::session_event& e) {
  if (std::holds_alternative<events::session_closed>(e)) leave_places();
  const bool over = state().closed && state().places.empty();
  if (over) send(this, std::make_shared<continuation>([this] { passivate(); }));
}

void session_actor::leave_places() {
  for (const auto& place : state().places) leave_place_for_good(place);
}

void session_actor::leave_place_for_good(const stream_id& place) {
  if (!leaving_.insert(place).second) return;
  auto gone = [this, place](const result<answer>& r) {
    leaving_.erase(place);
    // What failed is asked again; leaving twice is harmless.
    if (!r) return delayed_send(this, std::chrono::seconds{1}, std::make_shared<continuation>([this, place] {
                                  if (state().places.contains(place)) leave_place_for_good(place);
                                }));
    if (state().places.contains(place)) command(session::exit{place}, as_system());
  };
  if (place.family() == domain::room::family)
    ask(place, domain::room::command{domain::room::leave{state().close_reason}}, std::nullopt, back_in(this, gone));
  else ask(place, domain::lounge::command{domain::lounge::leave{state().close_reason}}, std::nullopt, back_in(this, gone));
}

// --- who asks -----------------------------------------------------------------------------------------------------------

domain::context session_actor::as_client() const {
  domain::context by;
  by.now = const_cast<session_actor*>(this)->rt().clock.now();
  by.session = id_;
  // A session that came back from the log is who it was, also before anybody attaches to it.
  by.user = who_.user.empty() ? state().user : who_.user;
  by.name = who_.user.empty() ? state().name : who_.name;
  by.guest = who_.user.empty() ? state().guest : who_.guest;
  return by;
}

domain::context session_actor::as_system() const {
  auto by = as_client();
  by.user = {};
  return by;
}

void session_actor::ask(const stream_id& place, domain::room::command c, std::optional<idempotency> once,
                        reply::function then) {
  parley::request<domain::room> r{std::move(c), as_client(), std::move(once), std::nullopt, reply{std::move(then)}};
  r.by.cause = id_.text + "#" + std::to_string(++commands_);
  rt().entities.ask(place, std::move(r));
}

void session_actor::ask(const stream_id& place, domain::lounge::command c, std::optional<idempotency> once,
                        reply::function then) {
  parley::request<domain::lounge> r{std::move(c), as_client(), std::move(once), std::nullopt, reply{std::move(then)}};
  r.by.cause = id_.text + "#" + std::to_string(++commands_);
  rt().entities.ask(place, std::move(r));
}

} // namespace parley
