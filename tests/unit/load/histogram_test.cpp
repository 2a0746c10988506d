#include "tools/parley-load/histogram.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace parley::load;
using namespace std::chrono_literals;

TEST_CASE("an empty histogram answers zero") {
  const histogram h;
  CHECK(h.percentile(0.99) == 0ns);
  CHECK(h.max() == 0ns);
  CHECK(h.mean() == 0ns);
}

TEST_CASE("small values are kept exactly") {
  histogram h;
  for (int i = 1; i <= 100; ++i) h.record(nanoseconds{i});
  CHECK(h.percentile(0.5) == 50ns);
  CHECK(h.percentile(0.99) == 99ns);
  CHECK(h.percentile(1) == 100ns);
  CHECK(h.percentile(0) == 1ns);
  CHECK(h.count() == 100);
}

TEST_CASE("a percentile is never below the true one and at most one part in 128 above it") {
  std::mt19937_64 random{7};
  std::vector<std::int64_t> values;
  histogram h;
  for (int i = 0; i < 50'000; ++i) {
    // Spread over the magnitudes from nanoseconds to minutes.
    const auto value = static_cast<std::int64_t>(random() >> 24 >> (random() % 40));
    values.push_back(value);
    h.record(nanoseconds{value});
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const auto exact = values[rank - 1];
    const auto told = h.percentile(share).count();
    CAPTURE(share, exact, told);
    CHECK(told >= exact);
    CHECK(told - exact <= exact / 128);
  }
  CHECK(h.max().count() == values.back());
}

TEST_CASE("values at and around every power of two fall into a bucket that contains them") {
  for (int bit = 0; bit < 40; ++bit)
    for (const int around : {-1, 0, 1}) {
      const auto value = (std::int64_t{1} << bit) + around;
      if (value >= std::int64_t{1} << 40) continue;
      histogram h;
      h.record(nanoseconds{value});
      h.record(24h); // so that max() does not hide a bucket's end
      CAPTURE(value);
      CHECK(h.percentile(0.5).count() >= value);
      CHECK(h.percentile(0.5).count() - value <= value / 128);
    }
}

TEST_CASE("a clock that steps back and a latency of hours are recorded at the ends") {
  histogram h;
  h.record(-5ns);
  CHECK(h.percentile(1) == 0ns);
  h.record(48h);
  CHECK(h.percentile(1) > 15min);
  CHECK(h.count() == 2);
}
