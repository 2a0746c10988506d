// parley jobs: what the server has to do without being asked. Only reads; beside a running server and without one.

#include "events/log/verify.hpp"
#include "tools/parley/admin_socket.hpp"
#include "tools/parley/commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace parley::tool {
namespace {

using std::chrono::milliseconds;

/// Firing one takes its entity's commit; later than this, something is in the way.
constexpr milliseconds overdue_after{std::chrono::seconds{5}};
/// By then it was tried several times (actors/processes/timers.cpp), and its entity refused.
constexpr milliseconds stuck_after{std::chrono::minutes{1}};
constexpr std::size_t shown_max = 20;

struct timers_seen {
  std::size_t waiting = 0, at_next_start = 0, overdue = 0, stuck = 0;
  std::optional<timer> next;   ///< the first that is not due yet
  std::vector<timer> earliest; ///< of the overdue ones, at most shown_max
};

result<timers_seen> look_at_timers(const log_view& log, time_point now) {
  timers_seen seen;
  const auto visited = log.visit_timers([&](const timer& t) {
    if (t.due == at_restart) {
      ++seen.at_next_start;
      return true;
    }
    ++seen.waiting;
    if (t.due >= now && !seen.next) seen.next = t;
    if (t.due + overdue_after > now) return true;
    ++seen.overdue;
    if (t.due + stuck_after <= now) ++seen.stuck;
    if (seen.earliest.size() < shown_max) seen.earliest.push_back(t);
    return true;
  });
  if (!visited) return tl::make_unexpected(visited.error());
  return seen;
}

std::string text_of(const timer& t) { return fmt::format("{} {} of {}", to_iso8601(t.due), t.what, t.stream.text); }

void print(const timers_seen& seen, bool served) {
  fmt::print("timers:      {} waiting, {} for the next start\n", seen.waiting, seen.at_next_start);
  fmt::print("next due:    {}\n", seen.next ? text_of(*seen.next) : "none");
  if (served)
    fmt::print("overdue:     {}, of which {} stuck\n", seen.overdue, seen.stuck);
  else
    fmt::print("overdue:     {}, to be fired when the server starts\n", seen.overdue);
  for (const auto& t : seen.earliest) fmt::print("  {}\n", text_of(t));
  if (seen.overdue > seen.earliest.size()) fmt::print("  and {} more\n", seen.overdue - seen.earliest.size());
}

/// As /readyz tells it: the server knows, and so nobody has to say where PostgreSQL is.
void print_projections(const nlohmann::json& readiness, position head) {
  const auto at = readiness.find("projections");
  if (at == readiness.end() || !at->is_object()) return;
  fmt::print("projections: {}, applied {} of {}, {} behind\n", at->value("state", "unknown"),
             at->value("applied", std::uint64_t{0}), head, at->value("lag", std::uint64_t{0}));
}

/// The processes follow the log together (actors/processes/follower.hpp, which says where their position is kept).
result<std::optional<position>> processed(const log_view& log) {
  return log.find_snapshot(make_stream("process", "follower")).map([](const auto& kept) {
    return kept ? std::optional<position>{kept->version} : std::nullopt;
  });
}

void print_processes(std::optional<position> done, position head) {
  if (!done) return fmt::print("processes:   have not begun\n");
  fmt::print("processes:   dealt with {} of {}, {} behind\n", *done, head, head > *done ? head - *done : 0);
}

template <class T>
T or_finish(result<T> r) {
  if (r) return std::move(*r);
  fmt::print(stderr, "parley: jobs: {}\n", parley::text_of(r.error()));
  throw CLI::RuntimeError{1};
}

void show_jobs(const std::string& data) {
  const auto served = or_finish(ask_server(data, "/readyz"));
  const auto log = or_finish(log_view::open(std::filesystem::path{data} / "log", log_view::kind::frozen));
  const auto seen = or_finish(look_at_timers(log, system_clock_source{}.now()));
  fmt::print("server:      {}\n", served ? "running" : "not running");
  fmt::print("log head:    {}\n", log.head());
  print(seen, served.has_value());
  print_processes(or_finish(processed(log)), log.head());
  if (served)
    print_projections(served->body, log.head());
  else
    fmt::print("projections: at rest; see parley projections status\n");
  if (served && seen.stuck > 0) throw CLI::RuntimeError{1}; // for whoever watches by the exit code
}

} // namespace

void add_jobs_command(CLI::App& app) {
  static std::string data = "./var";
  auto* jobs =
      app.add_subcommand("jobs", "What goes on in the background: durable timers and those that are late, how "
                                 "far the processes and the read models are. Only reads, beside a running server and "
                                 "without it; ends with 1 when the server runs and a timer is stuck");
  jobs->add_option("--data", data, "the server's data directory")->capture_default_str();
  jobs->callback([] { show_jobs(data); });
}

} // namespace parley::tool
