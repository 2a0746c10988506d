#include "tools/parley-sim/report.hpp"

#include <fmt/format.h>
#include <ostream>

namespace parley::simulation {
namespace {

double seconds(moment m) { return std::chrono::duration<double>(m).count(); }

std::string_view word_of(fault_level level) {
  switch (level) {
  case fault_level::none: return "none";
  case fault_level::some: return "some";
  case fault_level::all: break;
  }
  return "all";
}

} // namespace

void totals::add(const outcome& o) {
  ++runs_;
  steps_ += o.steps;
  events_ += o.events;
  virtual_time_ += o.virtual_time;
  hash_ = (hash_ ^ o.trace_hash) * 0x9e3779b97f4a7c15;
  for (const auto& [kind, count] : o.faults) faults_[kind] += count;
  for (const auto& [claim, count] : o.checks) checks_[claim] += count;
}

std::string totals::progress(std::uint64_t seed, std::uint64_t last) const {
  return fmt::format("seed {} of {}: {} runs, {:.1f} virtual hours, {:.1f} million steps", seed, last, runs_,
                     seconds(virtual_time_) / 3600, static_cast<double>(steps_) / 1e6);
}

void totals::print(std::ostream& out, std::chrono::duration<double> took) const {
  const auto real = std::max(took.count(), 1e-9);
  out << fmt::format(
      "{} runs in {:.1f} s: {:.1f} virtual minutes ({:.0f} times real time), {} steps ({:.0f} a second), {} "
      "events\n",
      runs_, real, seconds(virtual_time_) / 60, seconds(virtual_time_) / real, steps_,
      static_cast<double>(steps_) / real, events_);
  out << "faults injected:\n";
  for (const auto& [kind, count] : faults_) out << fmt::format("{:>12}  {}\n", count, kind);
  out << "claims checked:\n";
  for (const auto& [claim, count] : checks_) out << fmt::format("{:>12}  {}\n", count, claim);
  out << fmt::format("trace hash {:016x}\n", hash_);
}

void print_failure(std::ostream& out, const run_options& o, const outcome& failed, const workload& all,
                   const std::optional<chosen>& kept) {
  out << fmt::format("seed {} violates: {}\n  {}\n", o.seed, failed.violated->claim, failed.violated->details);
  out << "what happened last:\n";
  constexpr std::size_t lines_shown = 60;
  const auto& lines = failed.last_lines;
  for (auto i = lines.size() - std::min(lines.size(), lines_shown); i < lines.size(); ++i) out << lines[i] << '\n';
  auto command =
      fmt::format("parley-sim --seed {} --minutes {} --faults {}", o.seed, seconds(o.length) / 60, word_of(o.faults));
  if (o.clients != 0) command += fmt::format(" --clients {}", o.clients);
  if (!o.with_name.empty()) command += fmt::format(" --plant {}", o.with_name);
  out << fmt::format("replay it with\n  {} --trace\n", command);
  if (!kept) return;
  out << fmt::format("the same with {} of its {} operations:\n", kept->size(), all.operations.size());
  for (const auto i : *kept) out << fmt::format("{:>8}  {}\n", i, describe(all.operations[i]));
  out << fmt::format("replay that with\n  {} --only {} --trace\n", command, text_of(*kept));
}

} // namespace parley::simulation
