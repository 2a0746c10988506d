#include "tools/parley/projections_commands.hpp"

#include "events/log/verify.hpp"
#include "projections/rebuild.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace parley::tool {
namespace {

using std::chrono::steady_clock;

struct settings {
  std::string data = "./var";
  std::string database_url;
};

[[noreturn]] void finish_with(const error& why) {
  fmt::print(stderr, "parley: {}\n", text_of(why));
  throw CLI::RuntimeError(1);
}

/// The log of a server that may be running, read from outside.
class view_source final : public record_source {
public:
  explicit view_source(log_view view)
    : view_{std::move(view)} {}
  [[nodiscard]] result<position> head() override {
    if (auto refreshed = view_.refresh(); !refreshed) return tl::make_unexpected(refreshed.error());
    return view_.head();
  }
  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) override {
    return view_.read_following(after, limit, bytes_max);
  }

private:
  log_view view_;
};

view_source open_log(const settings& s) {
  auto view = log_view::open(std::filesystem::path{s.data} / "log", log_view::kind::following);
  if (!view) finish_with(view.error());
  return view_source{std::move(*view)};
}

/// Prints how far it is, at most five times a second; one line that is overwritten when a person is watching.
class progress_line {
public:
  void operator()(position applied, position head) {
    const auto now = steady_clock::now();
    if (now < next_ && applied < head) return;
    next_ = now + std::chrono::milliseconds{is_terminal_ ? 200 : 2000};
    const auto seconds = std::chrono::duration<double>(now - begun_).count();
    const auto per_second = seconds > 0 ? static_cast<double>(applied) / seconds : 0;
    const auto left = per_second > 0 ? static_cast<double>(head - applied) / per_second : 0;
    fmt::print(stderr, "{}rebuilding: {} of {} events ({:.1f} %), {:.0f} events/s, {:.0f} s left{}",
               is_terminal_ ? "\r" : "", applied, head,
               100.0 * static_cast<double>(applied) / static_cast<double>(head), per_second, left,
               is_terminal_ ? "   " : "\n");
    open_line_ = is_terminal_;
  }
  void end() {
    if (open_line_) fmt::print(stderr, "\n");
    open_line_ = false;
  }

private:
  const steady_clock::time_point begun_ = steady_clock::now();
  steady_clock::time_point next_ = begun_;
  const bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool open_line_ = false;
};

void run_rebuild(const settings& s) {
  auto source = open_log(s);
  rebuild_options options;
  options.database_url = s.database_url;
  progress_line line;
  const auto report = rebuild(source, options, [&line](position applied, position head) { line(applied, head); });
  line.end();
  if (!report) finish_with(report.error());
  const auto seconds = std::chrono::duration<double>(report->building).count();
  fmt::print("rebuilt {} events in {:.1f} s ({:.0f} events/s); the rebuilt read models are live at position {}\n",
             report->built, seconds, seconds > 0 ? static_cast<double>(report->built) / seconds : 0.0, report->at);
  if (!report->compared) {
    fmt::print("not compared: the old read models stood at {} and did not come to {}\n", report->live_at,
               report->built);
    return;
  }
  if (report->differences.empty()) {
    fmt::print("compared at position {}: the old read models were equal\n", report->compared_at);
    return;
  }
  fmt::print("compared at position {}: the old read models differed from the log, and are replaced\n",
             report->compared_at);
  for (const auto& d : report->differences)
    fmt::print("  {}: {} rows only in the old, {} only in the rebuilt\n", d.table, d.only_live, d.only_rebuilt);
}

void run_status(const settings& s) {
  auto source = open_log(s);
  const auto head = source.head();
  if (!head) finish_with(head.error());
  const auto status = read_status(s.database_url);
  if (!status) finish_with(status.error());
  const auto behind = *head > status->applied ? *head - status->applied : 0;
  fmt::print("log head:  {}\napplied:   {}\nbehind:    {}\n", *head, status->applied, behind);
  for (const auto& [table, rows] : status->rows) fmt::print("{:<10} {} rows\n", table + ":", rows);
}

CLI::App* add_command(CLI::App& group, const char* name, const char* what, void (*run)(const settings&)) {
  auto s = std::make_shared<settings>();
  auto* command = group.add_subcommand(name, what);
  command->add_option("--data", s->data, "the server's data directory")->capture_default_str();
  command
      ->add_option("--database-url", s->database_url,
                   "PostgreSQL of the read models, as libpq writes it; of a private one that tools/run "
                   "started, tools/postgres url DIR/postgres prints it")
      ->envname("DATABASE_URL")
      ->required();
  command->callback([s, run] { run(*s); });
  return command;
}

} // namespace

void add_projections_commands(CLI::App& app) {
  auto* group = app.add_subcommand("projections", "Looks at the read models in PostgreSQL, and makes them anew");
  group->require_subcommand(1);
  add_command(
      *group, "rebuild",
      "Makes the read models anew from the log, compares them with the live ones, and puts them in their place. "
      "The server may run meanwhile",
      run_rebuild);
  add_command(*group, "status", "How far the read models have come, and how many rows they hold. Only reads",
              run_status);
}

} // namespace parley::tool
