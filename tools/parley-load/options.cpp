#include "tools/parley-load/options.hpp"

#include "tools/parley-load/stamp.hpp"

#include <CLI/CLI.hpp>

namespace parley::load {
namespace {

constexpr std::uint32_t clients_max = 25'000; // one loopback address has about 28,000 ports to connect from

constexpr auto about = R"(parley-load opens WebSocket clients in rooms, sends, and measures what every member receives.

Closed loop (default): --outstanding messages are kept on their way. A message is on its way until every member of its
room, the sender included, has received it; only then its sender sends the next. --outstanding-per says whether the
number is for each room or for the whole run (then spread evenly over the rooms, at least one a room). The messages of a
room are spread over its first --senders members (default: as many members as there are messages).

Fixed rate (--rate R): R messages a second in total, room after room, whether or not earlier ones have arrived. Latency
counts from when a message should have been sent, so a stall of the server (or of this program) is seen by all messages
it delayed.

Idle (--idle N): N connections that only answer heartbeats; with --server-pid, the server's memory for each.

Every receiver's messages are checked while measuring: the same order for all members of a room, nothing lost, nothing
twice. Latency is from the send to the arrival at each receiver, all receivers in one histogram. An acknowledgement is
not asked for unless --acks: the sender's own delivery says as much.

Exit code: 0 measured and correct, 1 something was lost, repeated, refused or disconnected, 2 bad arguments, 3 the
clients could not connect.)";

} // namespace

std::variant<options, int> read_options(int argc, char const* const* argv) {
  options o;
  CLI::App app{about, "parley-load"};
  app.option_defaults()->always_capture_default();

  add_target_options(app, o);
  app.add_option("--protocol", o.speaks,
                 "native (Parley's /ws), socketio (Parley's /socket.io/) or peer (tools/parley-load/peer)")
      ->group("Target")
      ->transform(CLI::CheckedTransformer(std::map<std::string, protocol>{
          {"native", protocol::native}, {"socketio", protocol::socketio}, {"peer", protocol::peer}}))
      ->option_text("native|socketio|peer")
      ->default_str("native");

  app.add_option("--rooms", o.rooms, "rooms")->group("Load")->check(CLI::Range(1U, clients_max))->option_text("M");
  app.add_option("--room-size", o.room_size, "clients in each room")
      ->group("Load")
      ->check(CLI::Range(1U, clients_max))
      ->option_text("N");
  app.add_option("--senders", o.senders, "members of a room that send; 0: as many as useful")
      ->group("Load")
      ->check(CLI::Range(0U, clients_max))
      ->option_text("S");
  app.add_option("--outstanding", o.outstanding, "messages on their way")
      ->group("Load")
      ->check(CLI::Range(1U, 1'000'000U))
      ->option_text("K");
  app.add_option("--outstanding-per", o.outstanding_per, "room or run")
      ->group("Load")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, outstanding_scope>{{"room", outstanding_scope::room}, {"run", outstanding_scope::run}}))
      ->option_text("room|run")
      ->default_str("room");
  auto* rate = app.add_option("--rate", o.rate, "messages a second in total, whatever has arrived")
                   ->group("Load")
                   ->check(CLI::Range(0.1, 1e6))
                   ->option_text("R")
                   ->default_str("");
  auto* idle = app.add_option("--idle", o.idle, "idle connections")
                   ->group("Load")
                   ->check(CLI::Range(1U, clients_max))
                   ->option_text("N")
                   ->default_str("");
  app.add_option("--text-bytes", o.text_bytes, "size of a message's text")
      ->group("Load")
      ->check(CLI::Range(static_cast<unsigned>(stamp::bytes), 8192U))
      ->option_text("BYTES");
  app.add_flag("--acks", o.acks, "ask the server to acknowledge each message, too")->group("Load");
  app.add_flag("--zero-mask", o.zero_mask, "mask frames with zero, which costs nobody anything")->group("Load");
  rate->excludes(idle);

  add_time_options(app, o);
  app.add_option("--connect-rate", o.connect_rate, "new connections a second")
      ->group("Time")
      ->check(CLI::Range(1.0, 1e5))
      ->option_text("PER-SECOND");

  try {
    parse_run(app, argc, argv, o);
    o.mode = idle->count() > 0 ? load_mode::idle : rate->count() > 0 ? load_mode::fixed_rate : load_mode::closed_loop;
    if (o.mode != load_mode::idle && std::uint64_t{o.rooms} * o.room_size > clients_max)
      throw CLI::ValidationError{"--rooms", "times --room-size is over " + std::to_string(clients_max) + " clients"};
    if (o.mode == load_mode::closed_loop && o.outstanding_per == outstanding_scope::run && o.outstanding < o.rooms)
      throw CLI::ValidationError{"--outstanding", "per run must be at least one a room"};
  } catch (CLI::ParseError const& refused) {
    return app.exit(refused) == 0 ? 0 : 2;
  }
  return o;
}

} // namespace parley::load
