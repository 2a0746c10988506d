#pragma once
// What a run over REST found out, and the two ways it is printed.

#include "tools/parley-load/report.hpp"
#include "tools/parley-load/rest_options.hpp"

namespace parley::load {

struct rest_report {
  struct answers {
    std::string kind;
    histogram latency; ///< from the request's sending to its answer; while measuring
  };

  rest_options asked;
  run_report::ending how = run_report::ending::measured;
  double seconds = 0; ///< measured
  std::vector<answers> kinds;
  histogram latency; ///< of all of them

  // In the whole run, warm-up and drain included.
  std::uint64_t wrong = 0;           ///< answers that this load should not get
  std::uint64_t missing = 0;         ///< requests without an answer when the drain ended
  std::uint64_t disconnects = 0;     ///< connections the server closed
  std::vector<std::string> problems; ///< the first few, in words

  std::optional<process_use> server;
  process_use self;

  [[nodiscard]] std::uint64_t errors() const noexcept { return wrong + missing + disconnects; }
  [[nodiscard]] int exit_code() const noexcept {
    if (how == run_report::ending::not_connected) return 3;
    return errors() > 0 || (server && !server->alive) ? 1 : 0;
  }
};

[[nodiscard]] std::string as_text(rest_report const& r);
[[nodiscard]] std::string as_json(rest_report const& r);

} // namespace parley::load
