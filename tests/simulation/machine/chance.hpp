#pragma once
// The simulation's only source of chance. Every part draws from a stream of its own, split off by name from the run's
// seed, so that one part that draws more does not change what another one gets. Same numbers on every machine and
// compiler (std's distributions are not). Draw in statements of their own: the order in which a call's arguments are
// evaluated is the compiler's choice.

#include "events/random.hpp"
#include "tests/support/seeded.hpp"

#include <chrono>
#include <string_view>

namespace parley::simulation {

class chance : public test::seeded {
public:
  using test::seeded::seeded;

  /// A stream that depends on this one's seed and on `name` alone, not on what was drawn.
  [[nodiscard]] static chance of(std::uint64_t seed, std::string_view name);

  /// `low` to `high`, both included.
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  std::chrono::microseconds between(std::chrono::microseconds low, std::chrono::microseconds high);
  /// True `n` times in 1000.
  bool per_mille(std::size_t n) { return below(1000) < n; }
  /// Mostly near `low`, now and then up to `high`: how delays are.
  std::chrono::microseconds delay(std::chrono::microseconds low, std::chrono::microseconds high);
};

/// Ids and secrets of the simulated server. Not secret.
class random_bytes final : public random_source {
public:
  explicit random_bytes(chance from)
    : from_{from} {}
  void fill(std::span<std::byte> out) override;

private:
  chance from_;
};

} // namespace parley::simulation
