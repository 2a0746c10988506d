#pragma once
// What /proc says about a process: CPU time, resident memory, and on which cores its threads ran. One thread; sampled
// a few times a second, because the kernel only tells the core a thread is on now.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <sys/types.h>

namespace parley::load {

/// The fields of /proc/<pid>/task/<tid>/stat used here (proc(5)); nothing if the line is not one.
struct thread_stat {
  std::uint64_t cpu_ticks = 0; ///< user and system
  int core = 0;
};
[[nodiscard]] std::optional<thread_stat> parse_thread_stat(std::string_view line) noexcept;

class process_probe {
public:
  explicit process_probe(pid_t pid) noexcept
    : pid_{pid} {}

  /// Reads the threads: what each used since the last call is booked to the core it is on now.
  void sample();
  /// Forgets what was booked; the next sample counts from here.
  void restart();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] std::chrono::duration<double> cpu() const noexcept;
  /// Core → CPU time there. Only as exact as the sampling: threads move between two samples.
  [[nodiscard]] std::map<int, std::chrono::duration<double>> const& cores() const noexcept { return cores_; }
  /// Resident bytes now; 0 when the process is gone.
  [[nodiscard]] std::uint64_t resident_bytes() const;
  [[nodiscard]] bool alive() const;

private:
  pid_t pid_;
  std::map<pid_t, std::uint64_t> ticks_;
  std::map<int, std::chrono::duration<double>> cores_;
};

} // namespace parley::load
