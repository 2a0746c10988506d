#include "actors/session_actor.hpp"

namespace parley {
namespace {

using domain::session;

constexpr std::size_t early_max = 1024;  ///< commands of clients that are not let in yet
constexpr std::size_t arrivals_max = 16; ///< clients waiting to be let in; further ones are told to come back
constexpr std::chrono::seconds retry_after{1};

} // namespace

session_actor::session_actor(caf::actor_config& config, runtime& rt, stream_id stream)
  : event_sourced{config, rt, std::move(stream)}
  , id_{std::string{this->stream().key()}} {}

caf::behavior session_actor::make_behavior() {
  return caf::message_handler{[this](client_command_ptr& c) {
                                if (!is_arriving(c->client)) return serve(std::move(c));
                                if (early_.size() < early_max) early_.push_back(std::move(c));
                              },
                              [](const continuation_ptr& c) { (*c)(); },
                              [this](request_ptr<session>& r) {
                                // Of an earlier run: who is connected now did not lose anything by it.
                                const auto* fired = std::get_if<session::timer_fired>(&r->command);
                                if (fired && fired->what == "restart" && served_) return r->respond(answer{});
                                receive(std::move(r));
                              },
                              [this](client_arrived_ptr& a) { arrive(std::move(a)); },
                              [this](const client_gone_ptr& d) { detach_client(*d); },
                              [this](const dismissed_ptr& d) { dismiss(*d); },
                              [this](const admitted_ptr& a) { come_in(a->place); },
                              [this](const login_cut_ptr& c) { cut(c->login); }}
      .or_else(entity_messages());
}

void session_actor::on_exit() {
  const auto settled_by_nobody = std::exchange(dealings_, {}); // what waits there is answered as it goes
  event_sourced::on_exit();
  const auto arrivals = std::exchange(arrivals_, {});
  const auto early = std::exchange(early_, {});
  checking_ = nullptr;
  forget_login(std::exchange(who_, {}).login);
  for (const auto& a : arrivals) forget_login(a->who.login);
  // Only an actor that failed, or a server that stops, leaves a client behind.
  if (const auto client = std::exchange(client_, nullptr)) client->close(close_reason::come_back);
}

// --- arriving: recover, check the login, greet, rejoin --------------------------------------------------------------

void session_actor::arrive(client_arrived_ptr a) {
  if (arrivals_.size() >= arrivals_max) return;
  if (!a->resuming) assume_new();
  arrivals_.push_back(std::move(a));
  if (arrivals_.size() == 1) check_first();
}

void session_actor::recovered() {
  for (const auto& place : state().places) {
    const auto [at, is_new] = dealings_.try_emplace(place);
    if (is_new) at->second.member = true;
    // Noted by a commit that was answered as failed: the place was not asked, and the client was told so.
    if (is_new && client_) leave_for_good(place, "left");
  }
  if (state().closed) leave_places();
  // What waited for the recovery is decided before anybody is let in: a timer of before must not end who just came.
  send(this, std::make_shared<continuation>([this] { check_first(); }));
}

bool session_actor::may_passivate() const {
  const auto is_busy = [](const auto& known) { return known.second.busy; };
  // What the lost connection was given is known here alone: who comes back in time is owed the rest.
  const bool awaits_return = served_ && is_ready() && state().grace_until && !state().closed;
  return !client_ && arrivals_.empty() && insisting_ == 0 && !awaits_return &&
         std::none_of(dealings_.begin(), dealings_.end(), is_busy);
}

void session_actor::not_recovered() {
  while (!arrivals_.empty()) refuse_first(close_reason::come_back);
}

void session_actor::check_first() {
  if (arrivals_.empty() || checking_ == arrivals_.front()) return;
  if (!is_ready()) return load();
  const auto& first = arrivals_.front();
  if (first->who.login.empty()) return let_in();
  checking_ = first;
  // Entered first and asked then, so that a revocation in between is told to us.
  rt().sessions.add(first->who.login, id_);
  parley::request<domain::account> question;
  question.command = domain::account::check_login{first->who.login};
  question.by = as_system();
  question.respond = reply{back_here([this, asked = first](const result<answer>& r) {
    if (checking_ != asked) return; // it went meanwhile
    checking_ = nullptr;
    if (!is_ready()) return load(); // a commit failed meanwhile; once recovered we ask again
    if (r) {
      // A token knows only the name of its day.
      asked->who.name = domain::account::name_in(r->body, asked->who.name);
      return let_in();
    }
    const bool refused = describe(r.error().code).status == 401;
    refuse_first(refused ? close_reason::log_in_again : close_reason::come_back);
    if (arrivals_.empty() && !client_) return lost();
    check_first();
  })};
  rt().entities.ask(make_stream(domain::account::family, first->who.user.text), std::move(question));
}

void session_actor::refuse_first(close_reason why) {
  const auto a = std::move(arrivals_.front());
  arrivals_.erase(arrivals_.begin());
  checking_ = nullptr;
  std::erase_if(early_, [&](const auto& c) { return c->client == a->client; }); // answered as they go
  std::exchange(a->client, nullptr)->close(why);
  forget_login(a->who.login);
}

void session_actor::let_in() {
  const auto a = std::move(arrivals_.front());
  arrivals_.erase(arrivals_.begin());
  const auto client = std::exchange(a->client, nullptr);
  auto early = std::exchange(early_, {});
  std::erase_if(early, [&](auto& c) {
    if (c->client == client) return false;
    early_.push_back(std::move(c));
    return true;
  });
  const bool somebody_elses = !state().user.empty() && state().user != a->who.user;
  if (state().closed || somebody_elses) {
    forget_login(a->who.login);
    early.clear(); // answered as they go
    client->session_over();
    settle_down();
  } else {
    take_over(client, std::move(a->who));
    client_->greet({id_, who_.user, who_.name, who_.guest, a->resuming, places_in()});
    if (!state().id.empty()) insist(session::resume{}, [this, client] { return client == client_; });
    rejoin(a->seen);
    follow_inbox();
    for (auto& c : early) serve(std::move(c));
  }
  check_first();
}

void session_actor::take_over(client_port_ptr client, principal who) {
  if (const auto before = std::exchange(client_, std::move(client)); before && before != client_)
    before->close(close_reason::taken_over);
  const auto login_before = std::exchange(who_, std::move(who)).login;
  forget_login(login_before);
  receipts_.serve(client_);
  served_ = true;
}

bool session_actor::is_arriving(const client_port_ptr& client) const {
  return std::any_of(arrivals_.begin(), arrivals_.end(), [&](const auto& a) { return a->client == client; });
}

/// The login stands for nobody here any more, unless it still does.
void session_actor::forget_login(const login_id& login) {
  if (login.empty() || login == who_.login) return;
  for (const auto& a : arrivals_)
    if (a->client && a->who.login == login) return;
  rt().sessions.remove(login, id_);
}

// --- going ----------------------------------------------------------------------------------------------------------

void session_actor::detach_client(const client_gone& d) {
  for (const auto& [place, seq] : d.handed)
    if (!farewells_.owe(place, seq, d.client)) receipts_.report(d.client, place, seq);
  receipts_.close(d.client);
  std::erase_if(early_, [&](const auto& c) { return c->client == d.client; });
  const auto arrival =
      std::find_if(arrivals_.begin(), arrivals_.end(), [&](const auto& a) { return a->client == d.client; });
  if (arrival != arrivals_.end()) {
    const auto a = std::move(*arrival);
    arrivals_.erase(arrival);
    if (checking_ == a) checking_ = nullptr;
    a->client = nullptr;
    forget_login(a->who.login);
    check_first();
  }
  if (client_ && d.client == client_) {
    client_ = nullptr;
    if (d.clean) return end("left");
  }
  if (client_) say_farewells();
  // Also when it was not ours: the actor that served it failed, and nobody started the grace period.
  if (!client_ && arrivals_.empty()) lost();
}

void session_actor::cut(const login_id& login) {
  const bool is_clients = !login.empty() && who_.login == login;
  const bool is_sessions = !client_ && is_ready() && !login.empty() && state().login == login;
  if (!is_clients && !is_sessions) return; // of an arrival: its check refuses it
  if (const auto client = std::exchange(client_, nullptr)) client->close(close_reason::log_in_again);
  end("session-revoked");
}

void session_actor::lost() {
  if (is_ready() && state().id.empty()) return passivate(); // nothing written: its tokens alone bring it back
  insist(session::disconnect{"connection-lost", rt().session_grace}, [this] { return !client_; });
}

void session_actor::end(std::string reason) {
  if (is_ready() && state().id.empty()) return passivate();
  const bool of_own_will = reason == "left";
  insist(session::close{std::move(reason)}, [this, of_own_will] { return !of_own_will || !client_; });
}

void session_actor::committed(const events::session_event& e) {
  if (std::holds_alternative<events::session_closed>(e)) {
    // Its return was never durable, and the grace period of before has ended it: it begins anew.
    if (const auto client = std::exchange(client_, nullptr)) client->close(close_reason::come_back);
    leave_places();
  }
  settle_down();
}

void session_actor::settle_down() {
  const auto idle = [this] {
    const bool owes_nothing = is_ready() && (state().id.empty() || (state().closed && state().places.empty()));
    return owes_nothing && !client_ && arrivals_.empty();
  };
  // Later, when what just happens is over.
  if (idle())
    send(this, std::make_shared<continuation>([this, idle] {
           if (idle()) passivate();
         }));
}

void session_actor::insist(session::command c, std::function<bool()> wanted, std::function<void()> then) {
  ++insisting_;
  persevere(std::move(c), std::move(wanted), std::move(then));
}

void session_actor::persevere(session::command c, std::function<bool()> wanted, std::function<void()> then) {
  auto told = [this, c, wanted, then](const result<answer>& r) {
    if (!r && describe(r.error().code).status >= 500)
      return later(retry_after, [this, c, wanted, then] {
        if (wanted()) return persevere(c, wanted, then);
        --insisting_;
        settle_down();
      });
    --insisting_;
    if (then) then();
    settle_down();
  };
  command(std::move(c), as_client(), std::move(told));
}

// --- commands of the client -----------------------------------------------------------------------------------------

void session_actor::serve(client_command_ptr c) {
  if (c->client == client_) return perform(std::move(c));
  // This actor is new (its predecessor failed): the client comes back and resumes.
  const auto client = std::exchange(c->client, nullptr);
  client->answer(c->ack, fail(errc::unavailable, "the session is recovering; reconnect", 1));
  client->close(close_reason::come_back);
}

// --- who asks -------------------------------------------------------------------------------------------------------

domain::context session_actor::as_client() const {
  domain::context by;
  by.now = rt().clock.now();
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

} // namespace parley
