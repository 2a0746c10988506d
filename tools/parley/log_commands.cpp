// parley log dump | tail | verify | accept-loss: looking at an event log. All but accept-loss only read, and work
// beside a running server.

#include "events/log/directory_storage.hpp"
#include "events/log/verify.hpp"
#include "tools/parley/commands.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <limits>
#include <thread>
#include <unistd.h>

namespace parley::tool {
namespace {

using namespace std::chrono_literals;

struct log_flags {
  std::string data = "./var";
  position from = 1, to = std::numeric_limits<position>::max();
  std::string stream;
  bool json = false, progress = false;
  position head = 0;

  [[nodiscard]] std::filesystem::path directory() const { return std::filesystem::path{data} / "log"; }
};

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

template <class T>
T or_finish(result<T> r, const char* command) {
  if (!r) {
    std::cerr << "parley: log " << command << ": " << text_of(r.error()) << "\n";
    throw CLI::RuntimeError{1};
  }
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

/// One line a record; as kept in the log with `--json`.
bool print(const record& r, std::string_view bytes, bool json) {
  if (json)
    std::cout << bytes << '\n';
  else
    std::cout << r.position << ' ' << to_iso8601(r.time) << ' ' << r.stream.text << '#' << r.version << ' ' << r.type
              << (r.schema == 1 ? std::string{} : " v" + std::to_string(r.schema)) << " by " << r.actor << ' '
              << r.data.dump() << (r.personal.empty() ? std::string{} : " personal " + r.personal.dump()) << '\n';
  return std::cout.good() && interrupted == 0;
}

void dump(const log_flags& flags) {
  const auto view = or_finish(log_view::open(flags.directory(), log_view::kind::frozen), "dump");
  const auto visitor = [&](const record& r, std::string_view bytes) {
    return r.position <= flags.to && print(r, bytes, flags.json);
  };
  const auto after = flags.from == 0 ? 0 : flags.from - 1;
  if (flags.stream.empty())
    or_finish(view.visit(after, visitor), "dump");
  else
    or_finish(view.visit_stream({flags.stream}, after, visitor), "dump");
  std::cout.flush();
}

void tail(const log_flags& flags, bool from_given) {
  auto view = or_finish(log_view::open(flags.directory(), log_view::kind::following), "tail");
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  constexpr position last_shown = 10;
  position seen =
      from_given ? (flags.from == 0 ? 0 : flags.from - 1) : (view.head() > last_shown ? view.head() - last_shown : 0);
  while (interrupted == 0 && std::cout.good()) {
    const auto shown = view.visit_following(seen, [&](const record& r, std::string_view bytes) {
      seen = r.position;
      return (!flags.stream.empty() && r.stream.text != flags.stream) || print(r, bytes, flags.json);
    });
    or_finish(shown, "tail");
    std::cout.flush();
    std::this_thread::sleep_for(100ms); // the owner tells nobody outside, so following means looking again
    or_finish(view.refresh(), "tail");
  }
}

void verify(const log_flags& flags) {
  const bool shows_progress = flags.progress || ::isatty(STDERR_FILENO) == 1;
  const auto show = [&](std::uint64_t done, std::uint64_t all) {
    if (!shows_progress) return;
    std::cerr << (flags.progress ? "" : "\r") << "verified " << done << " of " << all << " records"
              << (flags.progress ? "\n" : "") << std::flush;
  };
  const auto found = or_finish(verify_log(flags.directory(), show), "verify");
  if (shows_progress && !flags.progress) std::cerr << '\n';
  std::cout << found.records << " records in " << found.streams << " streams, head " << found.head << ", "
            << (found.damages.empty() ? "no damage" : "DAMAGED") << '\n';
  if (found.damages.empty()) return;
  for (const auto& d : found.damages) std::cerr << "  position " << d.at << ": " << d.what << '\n';
  std::cerr << "parley: log verify: the log is damaged, first at position " << found.damages.front().at
            << ": stop the server, keep a copy of " << flags.directory().string()
            << ", and restore it from a backup taken before the damage\n";
  throw CLI::RuntimeError{1};
}

void accept_loss(const log_flags& flags) {
  const auto directory = flags.directory();
  if (auto there = log_view::open(directory, log_view::kind::frozen); !there && there.error().code == errc::not_found)
    or_finish(std::move(there), "accept-loss");
  stored_log::options options;
  options.accepted_head = flags.head;
  const auto log = or_finish(open_log_in(directory, options), "accept-loss");
  std::cout << "the log goes on after position " << log->head() << '\n';
}

} // namespace

void add_log_commands(CLI::App& app) {
  // Lives as long as the program: the options write into it, the callbacks read it.
  static log_flags flags;
  auto* log = app.add_subcommand("log", "Looks at the event log");
  log->require_subcommand(1);
  const auto add = [&](const char* name, const char* what) {
    auto* command = log->add_subcommand(name, what);
    command->add_option("--data", flags.data, "the server's data directory; the log lies in its folder log")
        ->capture_default_str();
    return command;
  };

  auto* dumping = add("dump", "Prints records, oldest first. Only reads; the server may run meanwhile");
  dumping->add_option("--from", flags.from, "first position printed")->capture_default_str();
  dumping->add_option("--to", flags.to, "last position printed; without it, up to the end");
  dumping->add_option("--stream", flags.stream, "only this stream, for example room/k7d3-x9qp-2mwa");
  dumping->add_flag("--json", flags.json, "each record as it is kept: one JSON object a line (schema/log-format.md)");
  dumping->callback([] { dump(flags); });

  auto* tailing = add("tail", "Prints the last ten records, then new ones as they are written, until interrupted. "
                              "Only reads; meant for beside a running server");
  auto* from = tailing->add_option("--from", flags.from, "first position printed, instead of the last ten");
  tailing->add_option("--stream", flags.stream, "only this stream, for example room/k7d3-x9qp-2mwa");
  tailing->add_flag("--json", flags.json, "each record as it is kept: one JSON object a line (schema/log-format.md)");
  tailing->callback([from] { tail(flags, from->count() > 0); });

  auto* verifying = add("verify", "Checks every record's SHA-256, that no position or version is missing, that the "
                                  "streams' indexes agree, and that nothing acknowledged has vanished. Only reads; "
                                  "ends with 0: no damage, 1: damage, named with its first position, or "
                                  "that the log could not be looked at");
  verifying->add_flag("--progress", flags.progress, "a line of progress now and then also when stderr is no terminal");
  verifying->callback([] { verify(flags); });

  auto* accepting =
      add("accept-loss", "After acknowledged events vanished (a write-ahead file lost, an old copy of the "
                         "disk) the server refuses to start. With no backup to restore, this command "
                         "accepts that the log ends where it ends; the events behind it stay lost, "
                         "though clients saw them. Stop the server first");
  accepting->add_option("--head", flags.head, "the position the log ends at, as the refusal names it")->required();
  accepting->callback([] { accept_loss(flags); });
}

} // namespace parley::tool
