#include "tools/parley-load/process_watch.hpp"

#include <algorithm>
#include <unistd.h>

namespace parley::load {
namespace {

constexpr std::chrono::milliseconds sample_every{200};

} // namespace

process_watch::process_watch(pid_t server_pid, process_use& self, std::optional<process_use>& server)
  : self_{process_probe{::getpid()}, self} {
  if (server_pid != 0) server_.emplace(watched{process_probe{server_pid}, server.emplace()});
}

bool process_watch::begin() {
  auto const note = [](watched& w) {
    w.use.pid = w.probe.pid();
    w.use.resident_before = w.probe.resident_bytes();
  };
  note(self_);
  if (!server_) return true;
  note(*server_);
  return server_->probe.alive();
}

void process_watch::restart(nanoseconds now) {
  look();
  self_.probe.restart();
  if (server_) server_->probe.restart();
  next_ = now + sample_every;
}

void process_watch::sample(nanoseconds now) {
  if (now < next_) return;
  next_ = now + sample_every;
  look();
}

void process_watch::finish() {
  look();
  note_use(self_.use, self_.probe);
  if (server_) note_use(server_->use, server_->probe);
}

void process_watch::look() {
  self_.look();
  if (server_) server_->look();
}

void process_watch::watched::look() {
  probe.sample();
  use.resident_peak = std::max(use.resident_peak, probe.resident_bytes());
}

} // namespace parley::load
