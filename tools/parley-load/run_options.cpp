#include "tools/parley-load/run_options.hpp"

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/format.h>

namespace parley::load {

sockaddr_in address_of(run_options const& o) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(o.port);
  (void)::inet_pton(AF_INET, o.host.c_str(), &address.sin_addr);
  return address;
}

std::string host_and_port_of(run_options const& o) { return fmt::format("{}:{}", o.host, o.port); }

nanoseconds as_nanoseconds(duration<double> d) { return std::chrono::duration_cast<nanoseconds>(d); }

void add_target_options(CLI::App& app, run_options& o) {
  app.add_option("--host", o.host, "server address, numeric IPv4")
      ->group("Target")
      ->check(CLI::ValidIPV4)
      ->option_text("ADDRESS");
  app.add_option("--port", o.port, "server port")->group("Target")->check(CLI::Range(1, 65535))->option_text("PORT");
  app.add_option("--server-pid", o.server_pid, "measure this process's CPU, memory and cores")
      ->group("Target")
      ->check(CLI::Range(0, 1 << 30))
      ->option_text("PID")
      ->default_str("none");
  app.add_flag("--allow-remote", o.allow_remote, "allow a target that is not this machine")->group("Target");
}

void add_seconds(CLI::App& app, char const* name, duration<double>& into, double least, double most, char const* what) {
  app.add_option_function<double>(
         name, [&into](double given) { into = duration<double>{given}; }, what)
      ->group("Time")
      ->check(CLI::Range(least, most))
      ->option_text("SECONDS")
      ->default_str(fmt::format("{}", into.count()));
}

void add_time_options(CLI::App& app, run_options& o) {
  add_seconds(app, "--warmup", o.warmup, 0, 600, "seconds of load before measuring");
  add_seconds(app, "--seconds", o.seconds, 0.1, 3600, "seconds measured");
  add_seconds(app, "--drain", o.drain_max, 0, 600, "seconds to wait at the end for what is under way");
  add_seconds(app, "--connect-timeout", o.connect_timeout, 0.1, 600, "seconds to wait while nobody connects");
  app.add_flag("--json", o.json, "print one JSON object");
}

void parse_run(CLI::App& app, int argc, char const* const* argv, run_options const& o) {
  for (auto* option : app.get_options())
    if (auto const value = option->get_default_str(); !value.empty())
      option->description(fmt::format("{} [{}]", option->get_description(), value));
  app.parse(argc, argv);
  if (!o.allow_remote && !o.host.starts_with("127."))
    throw CLI::ValidationError{"--host", "is not this machine; --allow-remote if you mean it"};
}

} // namespace parley::load
