#pragma once
// Numbers that follow from a seed, the same on every machine and compiler (std's distributions are not).

#include <cstddef>
#include <cstdint>

namespace parley::test {

class seeded {
public:
  explicit seeded(std::uint64_t seed)
    : state_{seed} {}

  /// SplitMix64 (Steele, Lea and Flood 2014).
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 to n - 1.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  /// True once in `n` times.
  bool one_in(std::size_t n) { return below(n) == 0; }

private:
  std::uint64_t state_;
};

} // namespace parley::test
