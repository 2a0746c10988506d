#include "tests/simulation/runs/workload.hpp"

#include "tests/simulation/machine/chance.hpp"

#include <array>
#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t deeds = static_cast<std::size_t>(deed::count);

struct kind {
  std::string_view name;
  std::size_t weight; ///< how often, in the middle
  fault_level from;   ///< the least level that has it
};

constexpr std::array<kind, deeds> kinds{{
    {"connect", 60, fault_level::none},
    {"join", 60, fault_level::none},
    {"join-from-last", 30, fault_level::none},
    {"leave", 25, fault_level::none},
    {"say", 200, fault_level::none},
    {"say-much", 15, fault_level::none},
    {"repeat", 30, fault_level::none},
    {"signal", 40, fault_level::none},
    {"type", 15, fault_level::none},
    {"nonsense", 5, fault_level::none},
    {"stall", 12, fault_level::none},
    {"lose-connection", 25, fault_level::some},
    {"goodbye", 8, fault_level::none},
    {"forget", 6, fault_level::none},
    {"imitate", 5, fault_level::none},
    {"sign-up", 10, fault_level::none},
    {"revoke", 4, fault_level::none},
    {"rename", 3, fault_level::none},
    {"open-room", 10, fault_level::none},
    {"close-room", 4, fault_level::none},
    {"take-back", 8, fault_level::none},
    {"moderate", 40, fault_level::none},
    {"write-to", 40, fault_level::none},
    {"call", 10, fault_level::none},
    {"answer-call", 8, fault_level::none},
    {"hang-up", 5, fault_level::none},
    {"block", 3, fault_level::none},
    {"deposit", 10, fault_level::none},
    {"sell", 5, fault_level::none},
    {"buy", 20, fault_level::none},
    {"book", 15, fault_level::none},
    {"step-booking", 20, fault_level::none},
    {"review", 6, fault_level::none},
    {"crash", 3, fault_level::some},
    {"fail-write", 5, fault_level::all},
    {"fail-sync", 8, fault_level::all},
    {"fill-disk", 2, fault_level::all},
    {"fail-reads", 4, fault_level::all},
    {"damage-disk", 1, fault_level::all},
    {"break-store", 8, fault_level::all},
}};

} // namespace

std::string_view name_of(deed d) { return kinds[static_cast<std::size_t>(d)].name; }

std::string describe(const operation& o) {
  return fmt::format("{:.6f} {} client {} place {} ({})", static_cast<double>(o.at.count()) / 1e6, name_of(o.what),
                     o.who, o.where, o.how);
}

workload plan(std::uint64_t seed, moment length, fault_level faults, std::size_t clients) {
  auto draw = chance::of(seed, "workload");
  workload w;
  const auto drawn_clients = draw.between(3, 12);
  w.clients = clients != 0 ? clients : drawn_clients;
  w.rooms = draw.between(1, 5);
  w.lounges = draw.between(0, 2);

  // Each seed stresses something else: weights from a quarter to four times, and some things never.
  std::array<std::size_t, deeds> upto{};
  std::size_t sum = 0;
  for (std::size_t i = 0; i < deeds; ++i) {
    const auto scale = draw.between(1, 16);
    const bool left_out = draw.one_in(12) && i > static_cast<std::size_t>(deed::say);
    if (faults >= kinds[i].from && !left_out) sum += kinds[i].weight * scale;
    upto[i] = sum;
  }
  const auto pace = draw.between(2ms, 150ms) * 10 / std::max<std::size_t>(w.clients, 1);

  // Some come with an account: people write to and call each other only then.
  for (std::uint32_t i = 0; i < w.clients; ++i)
    if (draw.one_in(2)) w.operations.push_back({moment{i}, deed::sign_up, i, 0, 0});
  for (std::uint32_t i = 0; i < w.clients; ++i) w.operations.push_back({100ms + pace * i / 4, deed::connect, i, 0, 0});
  for (moment at{100ms}; at < length;) {
    at += draw.between(1us, 2 * pace);
    const auto point = draw.below(sum);
    const auto which = static_cast<std::size_t>(std::upper_bound(upto.begin(), upto.end(), point) - upto.begin());
    operation o;
    o.at = at;
    o.what = static_cast<deed>(which);
    o.who = static_cast<std::uint32_t>(draw.below(w.clients));
    o.where = static_cast<std::uint32_t>(draw.below(w.rooms + w.lounges));
    o.how = static_cast<std::uint32_t>(draw.below(1'000'000));
    w.operations.push_back(o);
  }
  std::ranges::stable_sort(w.operations, {}, &operation::at); // some act while others still come
  return w;
}

} // namespace parley::simulation
