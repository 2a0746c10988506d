#include "tests/simulation/runs/world.hpp"

#include "tests/simulation/claims/snapshots.hpp"
#include "tests/simulation/runs/conditions.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;
using domain::lounge;

} // namespace

outcome run(const run_options& o, const workload& w) { return world{o, w}.run(); }

world::world(const run_options& o, const workload& w)
  : options_{o}
  , work_{w}
  , story_{time_, o.trace_to}
  , disk_{chance::of(o.seed, "disk"), disk_faults_of(o.faults), 64}
  , reads_{database_, chance::of(o.seed, "store").next()}
  , conditions_{conditions_of(o.seed)}
  , net_{time_, chance::of(o.seed, "network"), conditions_}
  , around_{time_, story_, net_, truth_, claims_, {}, {}, {}, 0}
  , with_{o.with ? o.with() : std::make_unique<tampering>()} {
  around_.block = [this](const user_id& who, const user_id& whom, bool on) { block(who, whom, on); };
  auto draw = chance::of(o.seed, "clients");
  for (std::size_t i = 0; i < w.clients; ++i) {
    const auto aliases = draw.one_in(4);
    clients_.push_back(
        std::make_unique<client>(i, around_, chance::of(o.seed, "client " + std::to_string(i)), identity{}, aliases));
  }
}

world::~world() {
  net_.serve(nullptr);
  clients_.clear();
}

outcome world::run() {
  start_server();
  for (std::uint32_t i = 0; i < work_.lounges; ++i) {
    const auto id = "l" + std::to_string(i);
    domain::context by;
    by.user = {"host"};
    by.name = "host";
    if (server_) server_->ask<lounge>(make_stream("lounge", id), lounge::create{{id}, "Lounge", ""}, by, [](auto) {});
  }
  for (const auto& o : work_.operations) {
    run_until(o.at);
    if (!claims_.good()) break;
    perform(o);
  }
  if (claims_.good()) run_until(std::max(options_.length, time_.now()));
  heal();
  rest(3min, 90s); // what failed before is tried again after a minute at the latest
  check_at_rest();
  for (const auto& c : clients_) c->forget(), c->be_patient(false);
  rest(12min, 0s);
  check_empty();

  outcome out;
  out.violated = claims_.violated();
  out.trace_hash = story_.hash();
  out.steps = story_.steps();
  out.virtual_time = time_.now();
  out.faults = disk_.injected();
  for (const auto f : all_store_faults)
    if (reads_.count(f) != 0) out.faults[fmt::format("database: {}", text_of(f))] = reads_.count(f);
  out.faults["crash"] = lives_ - 1;
  if (refused_starts_ != 0) out.faults["start refused"] = refused_starts_;
  out.checks = claims_.checks();
  out.events = truth_.head();
  out.last_lines = story_.last_lines();
  return out;
}

// --- time -----------------------------------------------------------------------------------------------------------

void world::run_until(moment when) {
  auto slow = chance::of(options_.seed + static_cast<std::uint64_t>(time_.now().count()), "slow");
  while (claims_.good()) {
    if (crash_at_commit_ && truth_.head() > crash_at_commit_->first) crash(crash_at_commit_->second);
    if (time_.do_next()) continue;
    // Now and then time goes on although somebody has something to do: the machine is busy with something else.
    if (server_ && !slow.one_in(200) && server_->step()) continue;
    auto next = when;
    if (!time_.empty()) next = std::min(next, time_.next());
    if (server_)
      if (const auto wait = server_->next_delay()) next = std::min(next, time_.now() + *wait);
    if (next == time_.now()) {
      if (next >= when && (!server_ || !server_->step())) return;
      continue;
    }
    const auto passed = next - time_.now();
    time_.advance(next);
    if (server_) server_->pass(passed);
    check_bounds();
  }
}

// --- the server's lives ---------------------------------------------------------------------------------------------

void world::start_server() {
  if (server_) return;
  stored_log::options o;
  o.head_period = std::chrono::milliseconds{0};
  auto place = disk_.claim();
  claims_.check("a dead server holds nothing", place.has_value(), [&] { return std::string{text_of(place.error())}; });
  if (!place) return;
  auto opened = stored_log::open(with_->storage(std::move(*place), disk_), o);
  if (!opened) {
    ++refused_starts_;
    story_.note("server", fmt::format("does not start: {}", text_of(opened.error())));
    const bool corrupt = opened.error().code == errc::corrupt;
    claims_.check("only a damaged log is refused", !corrupt || disk_.damaged(),
                  [&] { return std::string{text_of(opened.error())}; });
    if (corrupt) disk_.repair(); // the operator restores a backup
    if (++failed_starts_ % 3 == 0) disk_.fail_reads(0);
    time_.after(corrupt ? 5s : 1s, [this] { start_server(); });
    return;
  }
  log_ = std::move(*opened);
  truth_.compare(*log_);
  truth_.follow(*log_);
  if (!claims_.good()) return;
  around_.life = ++lives_;
  story_.note("server", fmt::format("starts, head {}", log_->head()));
  server_ = std::make_unique<server>(setup_of(options_.seed, lives_, options_.faults), time_, story_, net_, *log_,
                                     reads_, truth_, *with_);
  net_.serve(server_.get());
}

void world::crash(moment down) {
  crash_at_commit_.reset();
  if (!server_) return;
  story_.note("server", "crashes");
  net_.serve(nullptr);
  disk_.crash();
  reads_.rollback();
  server_ = nullptr;
  log_ = nullptr;
  with_->crash(disk_);
  time_.after(down, [this] { start_server(); });
}

// --- the end --------------------------------------------------------------------------------------------------------

void world::heal() {
  story_.note("world", "is well from now on");
  crash_at_commit_.reset();
  disk_.heal();
  disk_.repair();
  reads_.heal();
}

void world::rest(moment how_long, moment calming_down) {
  constexpr moment step = 5s;
  const auto end = time_.now() + how_long;
  run_until(time_.now() + calming_down);
  while (claims_.good() && time_.now() < end) {
    if (server_) check_punctual();
    run_until(std::min(time_.now() + step, end));
  }
}

void world::check_bounds() {
  const auto bound = conditions_.queue_bytes_max;
  // Topics stop at the bound; answers, which come on top, at eight times as much, looked at once a turn.
  claims_.check("queues are bounded", net_.longest_queue() <= 8 * bound + 512 * 1024,
                [&] { return fmt::format("{} bytes were queued for one connection", net_.longest_queue()); });
}

void world::check_read_models() {
  const auto fresh = fold_of(*log_, log_->head());
  claims_.check("every record can be folded", fresh.has_value(), [&] { return std::string{text_of(fresh.error())}; });
  if (!fresh) return;
  const auto differs = first_difference(database_, *fresh);
  claims_.check("read models equal a fresh fold of the log", differs.empty(), [&] { return differs; });
}

void world::check_at_rest() {
  if (!claims_.good()) return;
  claims_.check("the server serves once faults stop", server_ != nullptr, [] { return std::string{"it is down"}; });
  if (!server_) return;
  // What was begun in the very last moment (the snapshot of who falls asleep) gets the time that a sound disk takes.
  constexpr moment in_hand = 1s;
  if (server_->commits_waiting() != 0) run_until(time_.now() + in_hand);
  truth_.follow(*log_);
  claims_.check("what waits is written", server_->commits_waiting() == 0,
                [&] { return fmt::format("{} requests wait", server_->commits_waiting()); });
  for (const auto& c : clients_) c->check_settled();
  truth_.dealt().check_at_rest();
  check_read_models();
}

void world::check_punctual() {
  constexpr auto late = 10s;
  const auto now = server_->now();
  const simulated_disk::undisturbed reading{disk_};
  claims_.check("the log takes writes once faults stop", log_->writable(), [] { return std::string{"it does not"}; });
  const auto due = log_->due_timers(now - late, 1);
  claims_.check("what is due is done", due && due->empty(), [&] {
    return due ? fmt::format("{} of {} is due since {}", due->front().what, due->front().stream.text,
                             to_iso8601(due->front().due))
               : std::string{text_of(due.error())};
  });
  for (const auto& [id, p] : truth_.places())
    claims_.check("a room closes when it expires", p.closed || !p.expires_at || *p.expires_at > now - late,
                  [&, &id = id, &p = p] { return fmt::format("{} of {}", id, to_iso8601(*p.expires_at)); });
  for (const auto& [id, p] : truth_.places())
    for (const auto* restricted : {&p.mutes, &p.bans})
      for (const auto& [user, r] : *restricted)
        claims_.check(
            "a mute or ban ends in time", !r.until || *r.until > now - late,
            [&, &id = id, &user = user, &r = r] { return fmt::format("{} of {} in {}", r.action, user, id); });
  for (const auto& [id, s] : truth_.sessions())
    claims_.check("who stays away is given up", s.closed || !s.grace_until || *s.grace_until > now - late,
                  [&, &id = id, &s = s] { return fmt::format("{} of {}", id, to_iso8601(*s.grace_until)); });
}

void world::check_snapshots() {
  const simulated_disk::undisturbed reading{disk_};
  for (const auto& [stream, last] : truth_.streams()) {
    const auto differs = snapshot_difference(*log_, {stream});
    claims_.check("a snapshot says what its events say", differs.empty(), [&] { return differs; });
  }
}

void world::check_empty() {
  if (!claims_.good() || !server_) return;
  truth_.follow(*log_);
  for (const auto& [id, p] : truth_.places())
    claims_.check("nobody is left behind", p.members.empty(),
                  [&, &id = id, &p = p] { return fmt::format("{} is still in {}", p.members.begin()->first, id); });
  for (const auto& [id, s] : truth_.sessions())
    claims_.check("every session ends", s.closed, [&, &id = id] { return fmt::format("{} is still open", id); });
  truth_.dealt().check_calls_are_over();
  claims_.check("what is idle leaves memory", server_->entities() == 0,
                [&] { return fmt::format("{} entities are in memory", server_->entities()); });
  const auto restarts = log_->restart_timers({}, 10);
  claims_.check("no timer outlives its session", restarts && restarts->empty(),
                [&] { return fmt::format("{} waits for a restart", restarts ? restarts->front().stream.text : "?"); });
  check_snapshots();
  check_read_models();
}

} // namespace parley::simulation
