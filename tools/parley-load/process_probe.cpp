#include "tools/parley-load/process_probe.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace parley::load {
namespace {

std::string read_line(std::string const& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return line;
}

template <class Number>
Number number(std::string_view text) noexcept {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

} // namespace

std::optional<thread_stat> parse_thread_stat(std::string_view line) noexcept {
  // The name in parentheses may itself hold spaces and parentheses: fields count from the last one.
  auto const name_end = line.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  line.remove_prefix(name_end + 2);
  thread_stat result;
  for (int field = 3; field <= 39; ++field) {
    if (line.empty()) return std::nullopt;
    auto const end = std::min(line.find(' '), line.size());
    auto const text = line.substr(0, end);
    if (field == 14 || field == 15) result.cpu_ticks += number<std::uint64_t>(text);
    if (field == 39) result.core = number<int>(text);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return result;
}

void process_probe::sample() {
  static auto const ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::error_code failed;
  auto const tasks = std::filesystem::directory_iterator{"/proc/" + std::to_string(pid_) + "/task", failed};
  if (failed) return;
  for (auto it = tasks; it != std::filesystem::directory_iterator{}; it.increment(failed)) {
    if (failed) return;
    auto const stat = parse_thread_stat(read_line(it->path().string() + "/stat"));
    if (!stat) continue;
    auto const thread = number<pid_t>(it->path().filename().native());
    auto const [known, added] = ticks_.try_emplace(thread, 0);
    // A thread born since the last sample has all its time in this interval.
    cores_[stat->core] +=
        std::chrono::duration<double>{static_cast<double>(stat->cpu_ticks - known->second) / ticks_per_second};
    known->second = stat->cpu_ticks;
  }
}

void process_probe::restart() {
  sample();
  cores_.clear();
}

std::chrono::duration<double> process_probe::cpu() const noexcept {
  std::chrono::duration<double> sum{0};
  for (auto const& [core, time] : cores_) sum += time;
  return sum;
}

std::uint64_t process_probe::resident_bytes() const {
  auto const line = read_line("/proc/" + std::to_string(pid_) + "/statm");
  auto const space = line.find(' ');
  if (space == std::string::npos) return 0;
  return number<std::uint64_t>(std::string_view{line}.substr(space + 1)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

bool process_probe::alive() const { return resident_bytes() > 0; }

} // namespace parley::load
