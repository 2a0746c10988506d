#pragma once
// Watches what a run costs: this program and, when asked, the server. Writes into the run's report. One thread.

#include "tools/parley-load/report.hpp"

namespace parley::load {

class process_watch {
public:
  /// `server_pid` 0: only this program. What it finds goes into `self` and `server`, which outlive it.
  process_watch(pid_t server_pid, process_use& self, std::optional<process_use>& server);

  /// Before the first connection. False when there is no such server process.
  [[nodiscard]] bool begin();
  /// Measuring begins: what was used until now does not count.
  void restart(nanoseconds now);
  /// To be called often: it looks a few times a second.
  void sample(nanoseconds now);
  /// Measuring has ended.
  void finish();

private:
  struct watched {
    process_probe probe;
    process_use& use;
    void look();
  };
  void look();

  watched self_;
  std::optional<watched> server_;
  nanoseconds next_{0};
};

} // namespace parley::load
