#pragma once
// What a run found out, and the two ways it is printed.

#include "tools/parley-load/histogram.hpp"
#include "tools/parley-load/options.hpp"
#include "tools/parley-load/process_probe.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace parley::load {

struct process_use {
  pid_t pid = 0;
  double cpu_seconds = 0;            ///< while measuring
  std::map<int, double> cores;       ///< core → CPU seconds there, sampled
  std::uint64_t resident_before = 0; ///< bytes, before the first connection
  std::uint64_t resident_after = 0;  ///< bytes, when measuring ended
  std::uint64_t resident_peak = 0;   ///< bytes, the highest of the samples
  bool alive = true;                 ///< at the end
};

/// What the probe has seen since it was restarted.
void note_use(process_use& use, process_probe const& probe);
[[nodiscard]] std::string process_line(std::string_view who, process_use const& use, double seconds);
[[nodiscard]] nlohmann::ordered_json process_json(process_use const& use, double seconds);

struct run_report {
  enum class ending : std::uint8_t { measured, not_connected, overloaded };

  options asked;
  std::uint32_t run = 0;
  ending how = ending::measured;

  std::uint32_t connected = 0;
  double connect_seconds = 0;
  double seconds = 0;                  ///< measured
  std::uint32_t senders = 0;           ///< a room
  std::uint64_t outstanding_total = 0; ///< closed loop: in the whole run
  std::uint64_t messages = 0;          ///< while measuring: received by all members (fixed rate: due to be sent)
  std::uint64_t deliveries = 0;        ///< while measuring
  histogram latency;

  // In the whole run, warm-up and drain included.
  std::uint64_t mismatches = 0;      ///< lost, repeated or out of order at a receiver
  std::uint64_t foreign = 0;         ///< messages of another room or run
  std::uint64_t refusals = 0;        ///< errors the server reported
  std::uint64_t violations = 0;      ///< of the WebSocket protocol
  std::uint64_t missing = 0;         ///< messages not received by all members when the drain ended
  std::uint64_t disconnects = 0;     ///< connections the server closed
  std::vector<std::string> problems; ///< the first few, in words

  std::optional<process_use> server;
  process_use self;

  [[nodiscard]] std::uint64_t errors() const noexcept { return mismatches + foreign + refusals + violations + missing; }
  [[nodiscard]] int exit_code() const noexcept {
    if (how == ending::not_connected) return 3;
    return how == ending::measured && errors() == 0 && disconnects == 0 ? 0 : 1;
  }
};

[[nodiscard]] std::string as_text(run_report const& report);
[[nodiscard]] std::string as_json(run_report const& report);

} // namespace parley::load
