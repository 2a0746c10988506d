// parleyd: the server. Reads its settings, serves until SIGINT or SIGTERM, stops in order.

#include "gateway/app/server.hpp"

#include <csignal>
#include <fmt/format.h>
#include <iostream>
#include <pthread.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace {

/// Standard output says where we listen, and nothing else; everything there is to tell goes to standard error.
void log_to_stderr(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("parleyd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

/// Blocked here and in every thread started later, so that only `sigwait` sees them.
sigset_t block_stop_signals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return stops;
}

} // namespace

int main(int argc, char** argv) {
  using namespace parley;
  const auto parsed = gateway::parse_settings({argv, static_cast<std::size_t>(argc)}, gateway::process_environment());
  if (!parsed.run) {
    (parsed.exit_code == 0 ? std::cout : std::cerr) << parsed.text;
    return parsed.exit_code;
  }
  const auto& settings = *parsed.run;
  log_to_stderr(settings.log_level);
  for (const auto& warning : parsed.warnings) spdlog::warn("{}", warning);
  const auto stops = block_stop_signals();

  auto running = gateway::server::start(settings);
  if (!running) {
    fmt::print(stderr, "parleyd: {}\n", text_of(running.error()));
    return 1;
  }
  const bool v6 = settings.host.find(':') != std::string::npos;
  std::cout << fmt::format("listening on http://{}:{}", v6 ? "[" + settings.host + "]" : settings.host,
                           (*running)->port())
            << std::endl;
  int signal = 0;
  sigwait(&stops, &signal);
  spdlog::info("stopping");
  (*running)->stop();
  return 0;
}
