#pragma once
// What every run is asked, whatever it loads: where the server is and how long to measure. Parsed from the command
// line, bounded there.

#include "tools/parley-load/histogram.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/types.h>

namespace CLI {
class App;
}

namespace parley::load {

using std::chrono::duration;
using std::chrono::milliseconds;

struct run_options {
  std::string host = "127.0.0.1"; ///< numeric IPv4
  std::uint16_t port = 8080;

  duration<double> warmup{2};
  duration<double> seconds{10};
  duration<double> drain_max{5};
  duration<double> connect_timeout{20};

  pid_t server_pid = 0; ///< 0: none
  bool json = false;
  bool allow_remote = false;
};

[[nodiscard]] sockaddr_in address_of(run_options const& o);
[[nodiscard]] std::string host_and_port_of(run_options const& o);
[[nodiscard]] nanoseconds as_nanoseconds(duration<double> d);

/// Adds the options that say where the server is. What is parsed goes into `o`, which outlives `app`.
void add_target_options(CLI::App& app, run_options& o);
/// The same of those that say how long, and --json.
void add_time_options(CLI::App& app, run_options& o);
/// An option in seconds, between `least` and `most`.
void add_seconds(CLI::App& app, char const* name, duration<double>& into, double least, double most, char const* what);
/// Parses, after writing the defaults into the text of --help. Throws CLI::ParseError, also for a server on another
/// machine that was not meant.
void parse_run(CLI::App& app, int argc, char const* const* argv, run_options const& o);

} // namespace parley::load
