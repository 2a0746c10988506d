#include "tests/simulation/runs/server.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t entity_page_events = 5; ///< small, so that recoveries take several pages

caf::actor_system_config& prepare(caf::actor_system_config& config, test::step_scheduler*& scheduler,
                                  std::uint64_t seed) {
  config.module_factories.emplace_back([&scheduler, seed](caf::actor_system& s) -> caf::actor_system::module* {
    s.await_actors_before_shutdown(false);
    return scheduler = new test::step_scheduler{s, seed};
  });
  return config;
}

} // namespace

server::server(const server_setup& setup, agenda& time, trace& story, network& net, event_log& log, read_store& reads,
               history& truth, tampering& with)
  : setup_{setup}
  , time_{time}
  , story_{story}
  , net_{net}
  , log_{with.log(log)}
  , truth_{truth}
  , with_{with}
  , random_{chance::of(setup.seed, "server")}
  , ids_{chance::of(setup.seed, "ids")}
  , clock_{time, setup.start}
  , port_{log_, entity_page_events}
  , writes_{log.head()}
  , projecting_{log, with.store(reads), progress_, {}}
  , system_{prepare(config_, scheduler_, setup.seed | 1)}
  , entities_{system_, setup.entities_max}
  , runtime_{with.port(port_), with.out(out_), clock_, entities_, sessions_, with.alarms(timers_), follower_}
  , links_{entities_,
           tokens_,
           clock_,
           ids_,
           writes_,
           true,
           [](const std::string&) { return 0; },
           [](const std::string&) {}} {
  starting_.reset();
  runtime_.snapshot_every = setup.snapshot_every;
  runtime_.passivate_after = setup.passivate_after;
  runtime_.session_grace = setup.session_grace;
  for (std::size_t i = 0; i < setup.loops; ++i) {
    auto& n = *nodes_.emplace_back(std::make_unique<node>(i, time, with.pages(port_), setup.hub));
    out_.add(n.turns, n.topics);
    n.links.emplace(n.turns, n.topics, links_);
    n.turns.at_turn_end([&n] { return n.topics.end_turn(); });
    n.turns.at_turn_end([this, i] { return net_.flush(i); });
  }
  scheduler_->surround([this](const caf::abstract_actor* actor, const std::function<void()>& run) {
    const auto id = actor == nullptr ? 0 : actor->id();
    story_.step(id);
    on_loop(id % nodes_.size(), run);
  });
  entities_.run_with(runtime_);
  timers_.start(system_, runtime_);
  timers_.begin();
  follower_.start(system_, runtime_);
  follower_.begin();
  every_second();
  after(0us, [this] { project(); });
}

server::~server() {
  alive_ = nullptr;
  timers_.stop();
  follower_.stop();
  entities_.stop();
  while (scheduler_->step()) {
  }
}

void server::after(moment wait, std::function<void()> what) {
  time_.after(wait, [what = std::move(what), alive = std::weak_ptr{alive_}] {
    if (!alive.expired()) what();
  });
}

void server::on_loop(std::size_t at, const std::function<void()>& task) {
  const gateway::io_loop::standing_in here{nodes_[at]->turns};
  task();
}

std::shared_ptr<gateway::session_link> server::open(std::size_t at, std::shared_ptr<gateway::connection> c,
                                                    gateway::hello h) {
  return with_.link(nodes_[at]->links->open(with_.line(std::move(c)), std::move(h)));
}

// --- steps ----------------------------------------------------------------------------------------------------------

bool server::step() {
  attend();
  // A loop's turn comes between any two messages, as on another thread; or when nobody has any.
  const auto turn = random_.below(4) == 0 ? random_.below(nodes_.size()) : nodes_.size();
  if (turn < nodes_.size() && nodes_[turn]->turns.run_turn()) return true;
  if (scheduler_->step()) return true;
  for (const auto& n : nodes_)
    if (n->turns.run_turn()) return true;
  attend();
  return false;
}

std::optional<moment> server::next_delay() const {
  std::optional<moment> next;
  const auto sooner = [&](moment wait) { next = next ? std::min(*next, wait) : wait; };
  if (const auto wait = scheduler_->next_delay()) sooner(std::chrono::ceil<moment>(*wait));
  for (const auto& n : nodes_)
    if (const auto at = n->turns.next_timer())
      sooner(std::max(std::chrono::ceil<moment>(at->time_since_epoch()) - time_.now(), moment{0}));
  return next;
}

/// Plans what the log's threads would do with what waits for them.
void server::attend() {
  if (!writing_ && port_.commits_waiting() != 0) {
    writing_ = true;
    const auto wait = random_.delay(setup_.commit_min, setup_.commit_max);
    after(wait, [this] { commit(); });
  }
  if (projector_waits_ && log_.head() > projector_beyond_) {
    projector_waits_ = false;
    const auto wait = random_.delay(0us, 20ms);
    after(wait, [this] { project(); });
  }
  while (reads_planned_ < port_.reads_waiting()) {
    ++reads_planned_;
    const auto wait = random_.delay(setup_.read_min, setup_.read_max);
    after(wait, [this] {
      --reads_planned_;
      const auto which = random_.below(port_.reads_waiting());
      port_.answer_read(which);
    });
  }
}

/// What became durable may be answered later, or, when the server ends before that, never.
void server::commit() {
  const auto most = random_.between(1, setup_.batch_max);
  auto answers = std::make_shared<commit_answers>(port_.commit_unanswered(most));
  story_.note("commit", fmt::format("head {}{}", log_.head(), answers->failed != 0 ? ", failed" : ""));
  truth_.follow(log_);
  const auto wait = random_.one_in(4) ? random_.delay(0us, setup_.commit_max) : 0us;
  after(wait, [this, answers] {
    answers->deliver();
    writing_ = false;
  });
}

void server::every_second() {
  after(1s, [this] {
    if (!log_.writable()) port_.mend();
    truth_.follow(log_);
    for (std::size_t i = 0; i < nodes_.size(); ++i) on_loop(i, [&] { nodes_[i]->topics.retry_refills(); });
    every_second();
  });
}

void server::project() {
  const auto then = projecting_.step();
  const auto at = progress_.status();
  if (at.state != projection_state::running)
    story_.note("projector", fmt::format("at {}: {} {}", at.applied, text_of(at.state), at.message));
  const auto busy = random_.delay(100us, 50ms); // the database answers
  if (const auto* pause = std::get_if<projection_run::pause>(&then))
    return after(pause->how_long, [this] { project(); });
  if (const auto* wait = std::get_if<projection_run::log_beyond>(&then)) {
    projector_waits_ = true;
    projector_beyond_ = wait->after;
    return;
  }
  if (std::holds_alternative<projection_run::more>(then)) after(busy, [this] { project(); });
}

} // namespace parley::simulation
