#include "tools/parley-load/rest_options.hpp"

#include <CLI/CLI.hpp>
#include <array>

namespace parley::load {
namespace {

constexpr std::uint32_t in_flight_max = 10'000;
constexpr std::uint32_t slots_max = 10'000; // of half an hour: as far ahead as a service is booked

constexpr auto about = R"(parley-rest-load sends REST requests over kept-alive connections and measures the answers.

Closed loop: --in-flight connections, each with one request under way; its answer sends the next. A write is answered
when it is durable, so the rates are rates of durable changes.

bookings   Each connection is a customer that asks for a time of a service, both by chance, and takes back what it got
           with its next request, so that calendars neither fill up nor run empty. --slots is how many times of each
           service are asked for: few of them, and customers meet. Two customers who hold the same time at once are an
           error.
deposits   An operator's deposits, one transfer of the ledger each, to the customers in turn. Each currency is a ledger.
purchases  The customers buy from the listings in turn: a hold and its posting in the ledger, answered when it is paid.
reads      GET of the targets in turn.

The cast is a JSON file: {"clients": [{"id", "token"}], "operator": token, "services": [id], "minutes": of each service,
"currencies": [code], "listings": [id], "targets": [path]}; a load needs its part of it. tools/parley-load/commands and
tools/parley-load/lists make casts and run whole comparisons.

Exit code: 0 measured and correct, 1 something was lost, wrong or disconnected, 2 bad arguments, 3 nobody could
connect.)";

constexpr auto names = std::to_array<std::pair<std::string_view, rest_load>>({{"bookings", rest_load::bookings},
                                                                              {"deposits", rest_load::deposits},
                                                                              {"purchases", rest_load::purchases},
                                                                              {"reads", rest_load::reads}});

std::map<std::string, rest_load> loads() {
  std::map<std::string, rest_load> all;
  for (auto const& [text, load] : names) all.emplace(text, load);
  return all;
}

} // namespace

std::string_view name(rest_load what) noexcept {
  for (auto const& [text, load] : names)
    if (load == what) return text;
  return {};
}

std::variant<rest_options, int> read_rest_options(int argc, char const* const* argv) {
  rest_options o;
  CLI::App app{about, "parley-rest-load"};
  app.option_defaults()->always_capture_default();

  add_target_options(app, o);

  app.add_option("--load", o.load, "what is asked for")
      ->group("Load")
      ->required()
      ->transform(CLI::CheckedTransformer(loads()))
      ->option_text("bookings|deposits|purchases|reads");
  app.add_option("--cast", o.cast, "who takes part, and in what")
      ->group("Load")
      ->required()
      ->check(CLI::ExistingFile)
      ->option_text("FILE");
  app.add_option("--in-flight", o.in_flight, "requests under way, each on a connection of its own")
      ->group("Load")
      ->check(CLI::Range(1U, in_flight_max))
      ->option_text("N");
  app.add_option("--slots", o.slots, "bookings: times of each service")
      ->group("Load")
      ->check(CLI::Range(1U, slots_max))
      ->option_text("S");

  add_time_options(app, o);

  try {
    parse_run(app, argc, argv, o);
  } catch (CLI::ParseError const& refused) {
    return app.exit(refused) == 0 ? 0 : 2;
  }
  return o;
}

} // namespace parley::load
