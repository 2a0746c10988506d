// parley-sim: runs the production server, short of sockets and SQL, in one thread under seeds, with faults, and checks
// what must always hold. See tests/simulation/README.md.

#include "tests/simulation/machine/guard.hpp"
#include "tests/simulation/planted/bugs.hpp"
#include "tests/simulation/runs/step_rate.hpp"
#include "tools/parley-sim/report.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace {

using namespace parley::simulation;
using steady = std::chrono::steady_clock;

struct flags {
  std::uint64_t first = 1, last = 1;
  run_options run;
  std::optional<chosen> only;
  bool check_determinism = false, minimise = true;
  std::size_t minimise_runs = 400;
};

CLI::Validator seed_range(flags& f) {
  return {[&f](std::string& text) {
            const auto dots = text.find("..");
            try {
              f.first = std::stoull(text);
              f.last = dots == std::string::npos ? f.first : std::stoull(text.substr(dots + 2));
            } catch (const std::exception&) {
              return std::string{"give one seed, or a range A..B"};
            }
            return f.last < f.first ? std::string{"the range is empty"} : std::string{};
          },
          "A..B"};
}

outcome run_guarded(const run_options& o, const workload& w) {
  const guard nothing_but_the_seed;
  return run(o, w);
}

/// False when it violated a claim, or was another run the second time.
bool run_seed(const flags& f, std::uint64_t seed, totals& all) {
  auto o = f.run;
  o.seed = seed;
  auto w = plan(seed, o.length, o.faults, o.clients);
  const auto whole = w;
  if (f.only) w = only(whole, *f.only);
  const auto first = run_guarded(o, w);
  all.add(first);
  if (first.violated) {
    std::optional<chosen> kept;
    if (f.minimise && !f.only) {
      kept = minimise(o, whole, first.violated->claim, f.minimise_runs, [](std::size_t left) {
        if (::isatty(STDERR_FILENO) == 1)
          std::cerr << fmt::format("\rlooking for a smaller workload: {} operations left ", left) << std::flush;
      });
      std::cerr << '\n';
    }
    print_failure(std::cout, o, first, whole, kept);
    return false;
  }
  if (!f.check_determinism) return true;
  const auto second = run_guarded(o, w);
  if (second.trace_hash == first.trace_hash) return true;
  std::cout << fmt::format("seed {} ran differently the second time: trace hash {:016x}, then {:016x}\n", seed,
                           first.trace_hash, second.trace_hash);
  return false;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs Parley's production actors, log, hub and projector in one thread under a seed, with faults, and "
               "checks what must always hold.\nThe same seed gives the same run; a failing one is printed with the "
               "command that replays it and the fewest operations that still fail.\n"};
  app.footer("Exit code 0: all claims held; 1: one was violated, or a run differed from itself; 2: bad arguments.\n"
             "  parley-sim --seeds 1..500 --minutes 5 --faults all --check-determinism\n"
             "  parley-sim --seed 42 --trace | less");
  flags f;
  double minutes = 1;
  std::string seed, seeds, chosen_text;
  auto* one = app.add_option("--seed", seed, "the seed to run (default 1)")->check(seed_range(f));
  app.add_option("--seeds", seeds, "all seeds from A to B")->check(seed_range(f))->excludes(one);
  app.add_option("--minutes", minutes, "virtual time of each run, before its faults stop")
      ->check(CLI::Range(0.01, 10'000.0))
      ->capture_default_str();
  const std::map<std::string, fault_level> levels{
      {"none", fault_level::none}, {"some", fault_level::some}, {"all", fault_level::all}};
  app.add_option("--faults", f.run.faults,
                 "none: nothing breaks; some: connections and the server do; all: disk and database, too (default)")
      ->transform(CLI::CheckedTransformer(levels))
      ->option_text("none|some|all");
  app.add_option("--clients", f.run.clients, "clients at once (default: 3 to 12, as the seed says)")
      ->check(CLI::Range(1, 1000));
  bool traced = false;
  app.add_flag("--trace", traced, "print what happens, line by line, with the virtual time in seconds");
  app.add_flag("--check-determinism", f.check_determinism, "run each seed twice and compare the trace hashes");
  auto* listed = app.add_option("--only", chosen_text, "leave out all operations but these, as a failure prints them");
  std::size_t passing = 0;
  app.add_option("--measure-steps", passing,
                 "run no seed: so many actors pass a message on, and the steps a second are shown")
      ->check(CLI::Range(1, 100'000));
  std::string bug;
  std::vector<std::string> bugs;
  for (const auto& each : planted::by_name()) bugs.emplace_back(each.name);
  app.add_option("--plant", bug, "put a bug into the server, to see who notices it")->check(CLI::IsMember(bugs));
  app.add_flag("!--no-minimise", f.minimise, "do not look for a smaller workload when a run fails");
  try {
    app.parse(argc, argv);
    if (*listed && !(f.only = parse_chosen(chosen_text)))
      throw CLI::ValidationError{"--only", "give indices, as 3,7-9"};
  } catch (const CLI::ParseError& e) {
    const auto code = app.exit(e);
    return code == 0 ? 0 : 2;
  }
  f.run.length = std::chrono::duration_cast<moment>(std::chrono::duration<double, std::ratio<60>>{minutes});
  if (!bug.empty()) {
    const auto known = planted::by_name();
    f.run.with = std::ranges::find(known, bug, &planted::named_bug::name)->make;
    f.run.with_name = bug;
  }
  if (traced) f.run.trace_to = &std::cout;
  spdlog::set_level(spdlog::level::off); // it looks at the machine's clock

  if (passing != 0) {
    constexpr std::uint64_t steps = 5'000'000;
    std::cout << fmt::format("{:.2f} million steps a second\n", steps / time_of_steps(passing, steps).count() / 1e6);
    return 0;
  }
  totals all;
  const auto begun = steady::now();
  bool good = true;
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  auto told = begun;
  for (auto s = f.first; good && s <= f.last; ++s) {
    good = run_seed(f, s, all);
    constexpr std::chrono::seconds pause_terminal{1}, pause_file{30};
    if (const auto now = steady::now(); f.last != f.first && now - told > (terminal ? pause_terminal : pause_file)) {
      std::cerr << (terminal ? "\r" : "") << all.progress(s, f.last) << (terminal ? " " : "\n") << std::flush;
      told = now;
    }
  }
  if (terminal && f.last != f.first) std::cerr << '\n';
  all.print(std::cout, steady::now() - begun);
  return good ? 0 : 1;
}
