#include "tools/parley-load/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace parley::load {

std::uint64_t histogram::bucket_end(std::size_t bucket) noexcept {
  constexpr auto parts = std::size_t{1} << part_bits;
  if (bucket < 2 * parts) return bucket;
  auto const shift = (bucket >> part_bits) - 1;
  auto const leading = (bucket & (parts - 1)) + parts;
  return ((leading + 1) << shift) - 1;
}

nanoseconds histogram::percentile(double share) const noexcept {
  if (count_ == 0) return nanoseconds{0};
  auto const bounded = std::clamp(share, 0.0, 1.0);
  auto const rank =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(bounded * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += buckets_[i];
    if (seen >= rank) return nanoseconds{std::min(bucket_end(i), max_)};
  }
  return max();
}

} // namespace parley::load
