#pragma once
// What happens to a run from outside: what its clients do and when, and what breaks. All of it is drawn from the seed
// before the run begins, so that a failing run can be replayed with some of it left out (minimise.hpp).

#include "tests/simulation/machine/agenda.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace parley::simulation {

enum class deed : std::uint8_t {
  // of a client
  connect,
  join,
  join_from_last,
  leave,
  say,
  say_much,
  repeat,
  signal,
  type,
  nonsense,
  stall,
  lose_connection,
  goodbye,
  forget,
  imitate,
  sign_up,
  revoke,
  rename,
  open_room,
  close_room,
  take_back,
  moderate,
  write_to,
  call,
  answer_call,
  hang_up,
  block,
  // of people by twos, over REST
  deposit,
  sell,
  buy,
  book,
  step_booking,
  review,
  // of the world
  crash,
  fail_write,
  fail_sync,
  fill_disk,
  fail_reads,
  damage_disk,
  break_store,
  count
};
[[nodiscard]] std::string_view name_of(deed d);

struct operation {
  moment at{};
  deed what = deed::connect;
  std::uint32_t who = 0;   ///< a client
  std::uint32_t where = 0; ///< a place
  std::uint32_t how = 0;   ///< whatever else there is to choose
};
[[nodiscard]] std::string describe(const operation& o);

enum class fault_level : std::uint8_t {
  none, ///< the network delays, nothing breaks
  some, ///< connections and the server break
  all   ///< disk and database, too
};

struct workload {
  std::size_t clients = 0, rooms = 0, lounges = 0;
  std::vector<operation> operations; ///< in order of time
};

/// For `length` of virtual time. `clients` 0: as many as the seed says, 3 to 12.
[[nodiscard]] workload plan(std::uint64_t seed, moment length, fault_level faults, std::size_t clients = 0);

} // namespace parley::simulation
