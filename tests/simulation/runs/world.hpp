#pragma once
// One run: servers that live and crash one after the other over one disk and one database, clients around them, and a
// workload. At its end the faults stop, what is pending must complete, and everything is compared once more.

#include "tests/simulation/machine/memory_read_store.hpp"
#include "tests/simulation/machine/simulated_disk.hpp"
#include "tests/simulation/runs/client.hpp"
#include "tests/simulation/runs/server.hpp"
#include "tests/simulation/runs/workload.hpp"

#include "events/log/stored_log.hpp"

namespace parley::simulation {

struct run_options {
  std::uint64_t seed = 1;
  moment length{std::chrono::minutes{1}};
  fault_level faults = fault_level::all;
  std::size_t clients = 0; ///< 0: drawn
  std::ostream* trace_to = nullptr;
  std::function<std::unique_ptr<tampering>()> with; ///< made for each run; null: the server as it is
  std::string_view with_name = {};                  ///< of a planted bug, for the command that replays it
};

struct outcome {
  std::optional<violation> violated;
  std::uint64_t trace_hash = 0, steps = 0;
  moment virtual_time{};
  std::map<std::string, std::uint64_t> faults; ///< injected, by kind
  std::map<std::string, std::uint64_t, std::less<>> checks;
  position events = 0;
  std::uint64_t crashes = 0;
  std::deque<std::string> last_lines;
};

/// The same options and operations give the same outcome, to the hash.
[[nodiscard]] outcome run(const run_options& o, const workload& w);
[[nodiscard]] inline outcome run(const run_options& o) { return run(o, plan(o.seed, o.length, o.faults, o.clients)); }

class world {
public:
  world(const run_options& o, const workload& w);
  ~world();
  [[nodiscard]] outcome run();

private:
  void perform(const operation& o);
  void sign_up(client& c, const operation& o);
  void revoke(client& c);
  void open_room(const client& c, const operation& o);
  /// The owner of a lounge does something to a client.
  void moderate(const client& target, const operation& o);
  /// What people do by twos, other than over their connections (world_dealings.cpp).
  void deal(const operation& o);
  void deposit(const operation& o);
  void sell(const operation& o);
  void buy(const operation& o);
  void book(const operation& o);
  void step_booking(const operation& o);
  void review(const operation& o);
  void block(const user_id& who, const user_id& whom, bool on);
  [[nodiscard]] time_point slot(const operation& o) const;
  [[nodiscard]] user_id customer(const operation& o) const;
  void start_server();
  void crash(moment down);
  void inject(const operation& o);
  void run_until(moment when);
  void heal();
  /// Time passes without faults. What is to happen by itself must be punctual after some calming down.
  void rest(moment how_long, moment calming_down);
  /// Everybody is well and had time: nothing may be left to do.
  void check_at_rest();
  /// Everybody has gone and all grace periods are over.
  void check_empty();
  void check_read_models();
  /// What was due some seconds ago has happened, also where nobody spoke to it.
  void check_punctual();
  void check_snapshots();
  void check_bounds();
  [[nodiscard]] stream_id place(const operation& o) const;
  [[nodiscard]] room_id room_of(const operation& o) const;
  [[nodiscard]] domain::context as(const client& c) const;

  const run_options options_;
  const workload& work_;
  agenda time_;
  trace story_;
  verdict claims_;
  simulated_disk disk_;
  history truth_{claims_, story_, disk_};
  read_tables database_;
  memory_read_store reads_;
  const network_conditions conditions_;
  network net_;
  surroundings around_;
  const std::unique_ptr<tampering> with_;
  std::vector<std::unique_ptr<client>> clients_;
  std::unique_ptr<stored_log> log_;
  std::unique_ptr<server> server_;
  std::uint64_t lives_ = 0, users_ = 0, actions_ = 0, dealt_ = 0, refused_starts_ = 0, failed_starts_ = 0;
  /// Purchases by idempotency key, with the id that the first answer gave.
  struct wish {
    listing_id of;
    user_id buyer;
    std::uint64_t quantity = 0;
    std::string purchase;
  };
  std::map<std::string, wish> wanted_;
  /// The next commit beyond this head is followed by a crash, before its answers; and how long that lasts.
  std::optional<std::pair<position, moment>> crash_at_commit_;
};

} // namespace parley::simulation
