#pragma once
// A token bucket: `per_second` tokens flow in, at most `burst` are kept. Pure; time comes in with each call and may not
// run backwards (it is ignored when it does). 16 bytes, so that a connection can carry one.

#include <algorithm>
#include <chrono>
#include <cmath>

namespace parley::gateway {

/// `per_second` 0 switches the limit off.
struct bucket_rate {
  double per_second = 0;
  double burst = 0;

  [[nodiscard]] bool limits() const noexcept { return per_second > 0; }
};

class token_bucket {
public:
  using time = std::chrono::steady_clock::time_point;

  /// Full at first.
  token_bucket(bucket_rate rate, time now)
    : tokens_{std::max(rate.burst, 1.0)}
    , filled_{now} {}

  /// Takes one token if there is one.
  [[nodiscard]] bool take(bucket_rate rate, time now) noexcept {
    if (!rate.limits()) return true;
    fill(rate, now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  void give_back(bucket_rate rate) noexcept { tokens_ = std::min(std::max(rate.burst, 1.0), tokens_ + 1); }
  [[nodiscard]] double tokens() const noexcept { return tokens_; }
  /// Whole seconds until the next token, at least 1.
  [[nodiscard]] int retry_after_s(bucket_rate rate) const noexcept {
    if (!rate.limits() || tokens_ >= 1) return 1;
    return static_cast<int>(std::clamp(std::ceil((1 - tokens_) / rate.per_second), 1.0, 86'400.0));
  }

private:
  void fill(bucket_rate rate, time now) noexcept {
    if (now <= filled_) return;
    const std::chrono::duration<double> passed = now - filled_;
    tokens_ = std::min(std::max(rate.burst, 1.0), tokens_ + passed.count() * rate.per_second);
    filled_ = now;
  }

  double tokens_;
  time filled_;
};

} // namespace parley::gateway
