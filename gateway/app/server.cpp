#include "gateway/app/server.hpp"

#include "actors/log_reader.hpp"
#include "actors/log_writer.hpp"
#include "actors/processes/follower.hpp"
#include "actors/processes/timers.hpp"
#include "actors/session_directory.hpp"
#include "events/assertion.hpp"
#include "events/log/directory_storage.hpp"
#include "gateway/app/entrances.hpp"
#include "gateway/app/io_node.hpp"
#include "gateway/app/jwt_secret.hpp"
#include "gateway/app/operations.hpp"
#include "gateway/app/parts_settings.hpp"
#include "gateway/bridge/turn_scheduler.hpp"
#include "gateway/net/network.hpp"
#include "gateway/net/rate_limiter.hpp"
#include "gateway/net/recent_keys.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "projections/pg/store.hpp"
#include "projections/projector.hpp"

#include <future>
#include <spdlog/spdlog.h>

namespace parley::gateway {
namespace {

constexpr std::size_t reader_threads = 2;
constexpr std::size_t limited_keys_max = 100'000; ///< addresses and users remembered for rates

bucket_rate bucket(rate r) { return {r.per_second, r.burst}; }

std::size_t loops_wanted(const settings& s) {
  if (s.io_threads != 0) return s.io_threads;
  // The log writer keeps one core busy when there is much to do.
  return std::max(2u, std::thread::hardware_concurrency()) - 1;
}

/// See rest_limit.
std::string limit_key(std::string_view key, ipv6_prefix of_v6) {
  const auto end = std::min(key.find(' '), key.size());
  return address_key(key.substr(0, end), of_v6).append(key.substr(end));
}

/// The actors' end of CAF: our scheduler, nothing of its network.
struct actor_config : caf::actor_system_config {
  explicit actor_config(std::vector<io_loop*> loops, turn_scheduler*& made) {
    module_factories.emplace_back([loops = std::move(loops), &made](caf::actor_system& system) {
      made = new turn_scheduler{system, loops};
      return made;
    });
  }
};

} // namespace

/// In order of construction; destroyed in the opposite order, after `stop`.
struct server::parts {
  parts(const settings& s, profile_set known, std::unique_ptr<stored_log> opened, std::string secret)
    : with{s}
    , profiles{std::move(known)}
    , log{std::move(opened)}
    , reader{*log, reader_threads}
    , writer{*log, reader}
    , tokens{std::move(secret)}
    , passwords{{s.hash_threads, s.hash_queue_max, s.hash_memory_bytes, s.hash_passes}}
    , writes{log->head()}
    , store{store_of(s)}
    , projecting{*log, store, progress}
    , auth_rate{bucket(s.auth_per_address), limited_keys_max}
    , user_rate{bucket(s.requests_per_user), limited_keys_max}
    , open_rate{bucket(s.room_opens_per_address), limited_keys_max}
    , creation_rate{bucket(s.creations_per_user), limited_keys_max}
    , guess_rate{bucket(s.login_guesses_per_address), limited_keys_max}
    , account_guess_rate{bucket(s.login_guesses_per_account), limited_keys_max}
    , nodes{make_nodes()}
    , caf_config{loops(), scheduler}
    , system{std::make_unique<caf::actor_system>(caf_config)}
    , entities{*system, s.entities_max}
    , rt{writer, out, clock, entities, sessions, timers, follower} {
    system->await_actors_before_shutdown(false); // the loops that would run their ends are gone by then
    rt.snapshot_every = s.snapshot_every;
    rt.passivate_after = s.passivate_after;
    rt.session_grace = s.session_grace;
    rt.idempotency_lifetime = s.idempotency_lifetime;
    entities.run_with(rt);
    timers.start(*system, rt);
    follower.start(*system, rt);
  }

  std::vector<std::unique_ptr<io_node>> make_nodes() {
    std::vector<std::unique_ptr<io_node>> made;
    for (std::size_t i = 0; i < loops_wanted(with); ++i)
      made.push_back(std::make_unique<io_node>(i, reader, hub_limits_of(with), questions_of(with), progress));
    return made;
  }
  std::vector<io_loop*> loops() const {
    std::vector<io_loop*> all;
    for (const auto& node : nodes) all.push_back(&node->loop);
    return all;
  }

  void wire();
  rest_dependencies rest_of(io_node& node);
  network_wiring wiring_of();
  void open_local();
  void run();
  static void on_loop(io_node& node, const std::function<void()>& task);
  void close(network& all) const;
  void settle();
  void stop();

  const settings with;
  const profile_set profiles;
  system_clock_source clock;
  secure_random random;
  std::unique_ptr<stored_log> log;
  log_reader reader;
  log_writer writer;
  token_service tokens;
  argon2_hasher passwords;
  write_positions writes;
  projection_progress progress;
  pg::store store;
  projector projecting;
  rate_limiter auth_rate, user_rate, open_rate, creation_rate, guess_rate, account_guess_rate;
  recent_keys familiar{limited_keys_max};
  std::vector<std::unique_ptr<io_node>> nodes;
  fan_out out;
  session_directory sessions;
  timers_process timers;
  follower_process follower;
  turn_scheduler* scheduler = nullptr; // owned by the system
  actor_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  registry entities;
  runtime rt;
  link_dependencies links{entities, tokens, clock, random, writes, true, nullptr, nullptr};
  entrances doors{with,  profiles, tokens,
                  clock, random,   [this](const std::string& address) { return net->admit(address); }};
  std::unique_ptr<network> net;
  std::optional<rest_api> admin; // on the first loop
  std::unique_ptr<network> local;
  bool stopped = false;
};

void server::parts::wire() {
  links.rooms_open_on_join = with.rooms_open_on_join;
  links.take_room_opening = [this](const std::string& address) {
    return open_rate.take(address_key(address)).retry_after_s;
  };
  links.room_not_opened = [this](const std::string& address) { open_rate.give_back(address_key(address)); };
  for (auto& node : nodes) {
    out.add(node->loop, node->topics);
    node->entities.emplace(node->loop, entities);
    node->links.emplace(node->loop, node->topics, links);
    doors.add(node->loop, *node->links);
    node->rest.emplace(rest_of(*node));
  }
  net = std::make_unique<network>(loops(), limits_of(with), wiring_of());
  // A turn's end: actors run on what came in, the writer takes what they decided, the hub encodes what they published,
  // the network sends it.
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& loop = nodes[i]->loop;
    loop.at_turn_end([this, i] { return scheduler->drain(i); });
    loop.at_turn_end([this] {
      writer.flush();
      return false;
    });
    loop.at_turn_end([this, i] { return nodes[i]->topics.end_turn(); });
    loop.at_turn_end([this, i] { return net->flush(i); });
  }
}

rest_dependencies server::parts::rest_of(io_node& node) {
  const auto limit = [](rate_limiter& bucket_of, rate r, ipv6_prefix p = ipv6_prefix::customer) {
    return rest_limit{[&bucket_of, p](std::string_view key) { return bucket_of.take(limit_key(key, p)).retry_after_s; },
                      static_cast<unsigned>(r.burst),
                      [&bucket_of, p](std::string_view key) { bucket_of.give_back(limit_key(key, p)); }};
  };
  const auto seen = [this] { return observed{*log, writer, entities, progress, *net, doors.totals(), nodes}; };
  return {*node.entities,
          node.reads,
          node.moderation,
          node.people,
          node.market,
          node.bookings,
          tokens,
          passwords,
          clock,
          random,
          writes,
          [&node](std::function<void()> task) { node.loop.post(std::move(task)); },
          [&node](const stream_id& email, auto done) { node.log_reads.claimed_by(email, std::move(done)); },
          {{},
           limit(auth_rate, with.auth_per_address),
           limit(user_rate, with.requests_per_user),
           limit(open_rate, with.room_opens_per_address),
           limit(creation_rate, with.creations_per_user),
           limit(guess_rate, with.login_guesses_per_address, ipv6_prefix::site),
           limit(account_guess_rate, with.login_guesses_per_account),
           {[this](std::string_view key) { familiar.add(limit_key(key, ipv6_prefix::customer)); },
            [this](std::string_view key) { return familiar.contains(limit_key(key, ipv6_prefix::customer)); }}},
          {{}, [seen](respond done) { done(readiness(seen())); }, [seen](respond done) { done(metrics(seen())); }},
          rest_settings_of(with),
          [this] { return log->head(); }};
}

network_wiring server::parts::wiring_of() {
  network_wiring w;
  w.handle = [this](http_request request, respond done) {
    const auto loop = io_loop::current()->index();
    if (!doors.take(request, loop, done)) (*nodes[loop]->rest)(std::move(request), std::move(done));
  };
  w.is_websocket = [this](const http_request& request) { return doors.is_websocket(request); };
  w.upgrade = [this](const http_request& handshake, std::size_t loop) { return doors.upgrade(handshake, loop); };
  w.error_response = [this](const error& e, const http_request& request) { return doors.refuse(e, request); };
  for (const auto& range : with.trusted_proxies) PARLEY_ASSERT(w.trusted_proxies.add(range));
  return w;
}

/// What only who is on the machine may do is served beside the log it is done to, and nowhere else. Not to be able to
/// is no reason not to serve.
void server::parts::open_local() {
  auto& home = *nodes.front();
  admin.emplace(rest_of(home), add_admin_routes);
  auto wiring = wiring_of();
  wiring.handle = [this](http_request request, respond done) { (*admin)(std::move(request), std::move(done)); };
  wiring.is_websocket = [](const http_request&) { return false; };
  wiring.error_response = [this](const error& e, const http_request& request) { return refusal_of(e, request, with); };
  wiring.trusted_proxies = {};
  local = std::make_unique<network>(std::vector{&home.loop}, local_limits_of(with), std::move(wiring));
  if (auto open = local->listen_local(with.data + "/admin.sock"); !open)
    spdlog::warn("`parley admin` works only while the server is stopped: {}", text_of(open.error()));
}

void server::parts::run() {
  for (auto& node : nodes) {
    node->tick();
    node->thread = std::thread{[&loop = node->loop] { loop.run(); }};
  }
  projecting.start();
  timers.begin(); // sessions of an earlier run get their grace
  follower.begin();
}

void server::parts::on_loop(io_node& node, const std::function<void()>& task) {
  if (!node.thread.joinable()) return;
  std::promise<void> done;
  node.loop.post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

/// What goodbyes set off (a session closes, its places write `left`, it notes so) takes several commits: waits until
/// nothing more comes of it. What is cut off here all the same is finished by the next start.
void server::parts::settle() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
  constexpr int quiet_rounds = 2; // a turn's end comes after its tasks: only the second round sees what it submitted
  for (int quiet = 0; quiet < quiet_rounds && std::chrono::steady_clock::now() < deadline;) {
    const auto before = log->head();
    for (auto& node : nodes) on_loop(*node, [] {});
    quiet = writer.waiting() == 0 && log->head() == before ? quiet + 1 : 0;
  }
}

/// Lets everybody finish and go, for a while.
void server::parts::close(network& all) const {
  all.close_all(close_code::come_back, "the server restarts: reconnect and resume");
  std::promise<void> gone;
  all.when_all_gone([&gone] { gone.set_value(); });
  auto all_gone = gone.get_future();
  if (all_gone.wait_for(with.shutdown_timeout) == std::future_status::ready) return;
  spdlog::warn("some connections did not close in time and are cut");
  all.abort_all();
  all_gone.wait();
}

void server::parts::stop() {
  if (std::exchange(stopped, true)) return;
  const bool ran = nodes.front()->thread.joinable(); // not when the address was taken: nothing to say goodbye to
  if (ran) {
    local->stop_accepting();
    net->stop_accepting();
    for (std::size_t i = 0; i < nodes.size(); ++i) on_loop(*nodes[i], [this, i] { doors.close_all(i); });
    close(*net);
    close(*local);
  }
  passwords.stop(); // what it still answers needs the loops
  if (ran) settle();
  for (auto& node : nodes) {
    if (!node->thread.joinable()) continue;
    on_loop(*node, [&node] { node->desk.close(); });
    node->loop.stop();
    node->thread.join();
  }
  projecting.stop();
  log->stop_waiting();
  writer.stop();
  reader.stop();
  timers.stop();
  follower.stop();
  entities.stop();
  doors.drop_all();
  local = nullptr;
  net = nullptr;
  system = nullptr;
  spdlog::info("stopped; the log's head is {}", log->head());
}

result<std::unique_ptr<server>> server::start(const settings& s) {
  secure_random random;
  auto profiles = profiles_of(s);
  if (!profiles) return tl::make_unexpected(profiles.error());
  auto log = open_log_in(std::filesystem::path{s.data} / "log");
  if (!log) return tl::make_unexpected(log.error());
  auto secret = s.jwt_secret.empty() ? load_jwt_secret(s.data, random) : result<std::string>{s.jwt_secret};
  if (!secret) return tl::make_unexpected(secret.error());
  auto made = std::make_unique<parts>(s, std::move(*profiles), std::move(*log), std::move(*secret));
  made->wire();
  if (auto listening = made->net->listen(s.host, s.port); !listening) {
    made->stop();
    return tl::make_unexpected(listening.error());
  }
  made->open_local();
  spdlog::info("the log's head is {}; {} io loops", made->log->head(), made->nodes.size());
  made->run();
  return std::unique_ptr<server>{new server{std::move(made)}};
}

server::server(std::unique_ptr<parts> p)
  : parts_{std::move(p)} {}

server::~server() { stop(); }

std::uint16_t server::port() const noexcept { return parts_->net->port(); }

void server::stop() { parts_->stop(); }

} // namespace parley::gateway
