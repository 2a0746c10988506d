// Random clients, faults and crashes over the real actors, checked against what must always hold. Each seed is one run;
// a failing one says which, and `unit_shell "random*" -c "seed <n>"` runs it alone.

#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

const stream_id nook{"room/nook"}; // shows nobody what was before they came
const std::vector<stream_id> places{{"room/hall"}, {"room/den"}, nook, {"lounge/bar"}};
const std::vector<std::string> users{"ann", "ben", "cem"};

std::string login_of(const std::string& user) { return "l-" + user; }

class random_run {
public:
  explicit random_run(std::uint64_t seed)
    : random_{seed}
    , seed_{seed} {
    start_server();
    for (const auto& user : users) world_->sign_up(user, login_of(user));
    world_->create_lounge({"lounge/bar"}, "host");
    room::open small;
    small.id = {"den"};
    small.capacity = 2;
    world_->ask<room>({"room/den"}, small, caller("ann"));
    room::open forgetful;
    forgetful.id = {std::string{nook.key()}};
    forgetful.history = "none";
    world_->ask<room>(nook, forgetful, caller("ann"));
    world_->settle();
  }

  void act() {
    switch (random_.below(20)) {
    case 0:
    case 1: return connect();
    case 2:
    case 3: return resume();
    case 4:
    case 5:
    case 6:
    case 7: return with_client([&](auto& c) { c.join(somewhere()); });
    case 8:
    case 9: return with_client([&](auto& c) { c.leave(somewhere()); });
    case 10:
    case 11: return with_client([&](auto& c) { note_said(c, c.say(somewhere(), "hello")); });
    case 12: return go(random_.one_in(3));
    case 13: return world_->pass(std::chrono::milliseconds{random_.below(20'000)});
    case 14: return world_->settle();
    case 15: return fail_log();
    case 16:
      if (random_.one_in(4)) restart_server();
      return;
    case 17:
      if (random_.one_in(4)) world_->log().explode_on_submit();
      return;
    case 18:
      if (random_.one_in(6)) with_client([&](auto& c) { c.close_room(somewhere()); });
      return;
    default:
      if (random_.one_in(8)) world_->revoke(users[random_.below(users.size())], login_of(users[0]));
    }
  }

  void steps() {
    for (auto n = random_.below(12); n > 0 && world_->one_of_all(random_); --n) {
    }
  }

  /// With the log well again and no time pressing, who is connected follows exactly the places it is a member of.
  void check_at_rest() {
    heal();
    world_->pass(10s);
    for (const auto& c : live_clients()) {
      std::vector<stream_id> in, may_be_in = places;
      may_be_in.push_back(make_stream("inbox", c->who().user.text));
      for (const auto& place : may_be_in) {
        const auto members = members_of(log_, place);
        if (std::find(members.begin(), members.end(), c->session().text) != members.end()) in.push_back(place);
      }
      auto follows = c->follows();
      std::sort(in.begin(), in.end());
      INFO("session " << c->session().text);
      CHECK(follows == in);
      for (const auto* begun : {&c->subscriptions, &c->ended})
        if (begun->contains(nook)) CHECK(begun->at(nook) >= last_join(c->session(), nook));
      for (std::uint64_t ack = 1; ack <= c->asked; ++ack) {
        INFO("command " << ack);
        CHECK(c->answer_to(ack) != nullptr);
      }
    }
  }

  /// Everybody goes, and all timers have fired.
  void end() {
    heal();
    for (const auto& c : clients_)
      if (c->is_connected()) world_->drop(c);
    world_->pass(8min); // a session that failed on its way is found by the sweep
    CHECK(wrong_with_membership(log_) == "");
    for (const auto& place : places) CHECK(members_of(log_, place).empty());
    CHECK(log_.due_timers(time_point::max() - 1ms, 10)->empty());
    CHECK(log_.restart_timers({}, 10)->empty());
    world_->pass(15min); // also for an actor that was spoken to as it went
    CHECK(world_->entities().size() == 0);
    for (const auto& user : users) CHECK(world_->directory().of({login_of(user)}).empty());
    check_said();
  }

private:
  void start_server() {
    actor_world::options chosen;
    chosen.seed = seed_ * 1000 + ++runs_;
    chosen.start = time_;
    world_ = std::make_unique<actor_world>(log_, chosen);
  }

  void restart_server() {
    time_ = world_->now() + std::chrono::milliseconds{random_.below(60'000)};
    world_->log().commit_unanswered(random_.below(5));
    collect_said();
    world_ = nullptr;
    log_.set_full(false);
    log_.crash();
    clients_.clear();
    start_server();
  }

  void heal() {
    log_.set_full(false);
    world_->pass(5s);
  }

  void fail_log() {
    switch (random_.below(4)) {
    case 0: return log_.fail_next_append();
    case 1: return log_.fail_next_sync(memory_log::tail::kept);
    case 2: return log_.fail_next_sync(memory_log::tail::lost);
    default: return log_.set_full(random_.one_in(2));
    }
  }

  void connect() {
    const auto user = users[random_.below(users.size())];
    sessions_.emplace_back("s" + std::to_string(sessions_.size()), user);
    const auto guest = random_.one_in(2);
    clients_.push_back(world_->connect(sessions_.back().first, user, guest ? "" : login_of(user)));
  }

  /// Also sessions that are long over, and ones somebody is connected to.
  void resume() {
    if (sessions_.empty()) return;
    const auto [session, user] =
        sessions_[sessions_.size() - 1 - random_.below(std::min<std::size_t>(4, sessions_.size()))];
    clients_.push_back(world_->resume(session, user, random_.one_in(2) ? "" : login_of(user)));
  }

  void go(bool clean) {
    with_client([&](auto& c) {
      const auto client = *std::find_if(clients_.begin(), clients_.end(), [&](auto& each) { return each.get() == &c; });
      if (clean)
        world_->say_goodbye(client);
      else
        world_->drop(client, random_.one_in(2) ? client->subscriptions : std::map<stream_id, version>{});
    });
  }

  version last_join(const session_id& session, const stream_id& place) const {
    version last = 0;
    const auto records = log_.read(0, std::size_t(-1), std::size_t(-1));
    for (const auto& r : *records)
      if (r.stream == place && r.type == "joined" && r.data.at("sessionId").get<std::string>() == session.text)
        last = r.version;
    return last;
  }

  template <class F>
  void with_client(F f) {
    std::vector<world_client_ptr> connected;
    for (const auto& c : clients_)
      if (c->is_connected()) connected.push_back(c);
    if (!connected.empty()) f(*connected[random_.below(connected.size())]);
  }

  std::vector<world_client_ptr> live_clients() const {
    std::vector<world_client_ptr> live;
    for (const auto& c : clients_)
      if (c->is_connected() && c->is_live()) live.push_back(c);
    return live;
  }

  const stream_id& somewhere() { return places[random_.below(places.size())]; }

  // What was acknowledged must be in the log.
  void note_said(world_client& c, std::uint64_t ack) { said_.emplace_back(c.port(), ack); }
  void collect_said() {
    for (const auto& [port, ack] : std::exchange(said_, {})) {
      const auto& c = static_cast<const world_client&>(*port);
      if (c.succeeded(ack)) acknowledged_.insert("m" + c.session().text + std::to_string(ack));
    }
  }
  void check_said() {
    collect_said();
    std::set<std::string> kept;
    const auto records = log_.read(0, std::size_t(-1), std::size_t(-1));
    for (const auto& r : *records)
      if (r.type == "message-sent") kept.insert(r.data.at("messageId").get<std::string>());
    for (const auto& id : acknowledged_) {
      INFO("message " << id);
      CHECK(kept.contains(id));
    }
  }

  seeded random_;
  const std::uint64_t seed_;
  std::uint64_t runs_ = 0;
  time_point time_ = noon;
  memory_log log_;
  std::unique_ptr<actor_world> world_;
  std::vector<world_client_ptr> clients_;
  std::vector<std::pair<std::string, std::string>> sessions_; ///< and their users
  std::vector<std::pair<client_port_ptr, std::uint64_t>> said_;
  std::set<std::string> acknowledged_;
};

void run_with(std::uint64_t seed) {
  random_run run{seed};
  for (int part = 0; part < 3; ++part) {
    for (int i = 0; i < 60; ++i) {
      run.act();
      run.steps();
    }
    run.check_at_rest();
  }
  run.end();
}

} // namespace

TEST_CASE("random clients, faults and crashes leave one left for each join, and nobody behind") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) DYNAMIC_SECTION("seed " << seed) {
      run_with(seed);
    }
}

// Seeds that found something.
TEST_CASE("random: a login is forgotten also by an actor that fails with clients arriving") { run_with(543); }
TEST_CASE("random: a room whose closing became durable after all lets its members go") { run_with(3195); }
TEST_CASE("random: a join that is repeated as its session ends leaves nobody behind") { run_with(3698); }
