#include "tests/simulation/machine/chance.hpp"

namespace parley::simulation {

chance chance::of(std::uint64_t seed, std::string_view name) {
  auto hash = 0xcbf29ce484222325; // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  chance mixed{seed ^ hash};
  return chance{mixed.next()};
}

std::chrono::microseconds chance::between(std::chrono::microseconds low, std::chrono::microseconds high) {
  const auto span = static_cast<std::size_t>((high - low).count()) + 1;
  return low + std::chrono::microseconds{below(span)};
}

std::chrono::microseconds chance::delay(std::chrono::microseconds low, std::chrono::microseconds high) {
  if (one_in(16)) return between(low, high);
  return between(low, low + (high - low) / 16);
}

void random_bytes::fill(std::span<std::byte> out) {
  for (auto& byte : out) byte = static_cast<std::byte>(from_.next());
}

} // namespace parley::simulation
