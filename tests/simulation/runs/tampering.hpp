#pragma once
// Where a run puts something between the production's parts and their collaborators, to see whether its checkers notice
// (planted/). Each member is given the real collaborator and answers what takes its place, which the tampering owns or
// which owns what it was given; here, the real one itself: the server as it is.

#include "actors/log_port.hpp"
#include "actors/log_read.hpp"
#include "actors/publisher.hpp"
#include "actors/runtime.hpp"
#include "events/log/log_storage.hpp"
#include "gateway/bridge/session_link.hpp"
#include "projections/read_store.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"

namespace parley::simulation {

/// One for a run. The composition asks anew in each life of the server, with collaborators of that life.
class tampering {
public:
  virtual ~tampering() = default;
  /// The place where the log keeps itself, on `disk`.
  [[nodiscard]] virtual std::unique_ptr<log_storage> storage(std::unique_ptr<log_storage> real,
                                                             [[maybe_unused]] simulated_disk& disk) {
    return real;
  }
  /// The log as the actors' writer and readers see it.
  [[nodiscard]] virtual event_log& log(event_log& real) { return real; }
  [[nodiscard]] virtual log_port& port(log_port& real) { return real; }
  [[nodiscard]] virtual page_source& pages(page_source& real) { return real; }
  [[nodiscard]] virtual publisher& out(publisher& real) { return real; }
  [[nodiscard]] virtual read_store& store(read_store& real) { return real; }
  [[nodiscard]] virtual alarm_clock& alarms(alarm_clock& real) { return real; }
  /// The two ends where a connection and its session meet.
  [[nodiscard]] virtual std::shared_ptr<gateway::connection> line(std::shared_ptr<gateway::connection> real) {
    return real;
  }
  [[nodiscard]] virtual std::shared_ptr<gateway::session_link> link(std::shared_ptr<gateway::session_link> real) {
    return real;
  }
  /// A crash, a power cut: the server is gone, and with it what was put in between and had only memory to keep itself.
  virtual void crash([[maybe_unused]] simulated_disk& disk) {}
};

} // namespace parley::simulation
