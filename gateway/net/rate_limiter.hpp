#pragma once
// Token buckets by key: an address, a user. Holds at most `keys_max` keys and forgets the longest unseen first; a
// forgotten key starts with a full bucket again.
//
// Thread-safe: the keys are spread over shards with a lock each, so that several loops share one instance.

#include "gateway/net/token_bucket.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace parley::gateway {

class rate_limiter {
public:
  using steady_now = std::function<std::chrono::steady_clock::time_point()>;

  struct verdict {
    bool allowed = true;
    int retry_after_s = 0; ///< whole seconds, at least 1 when refused
    double remaining = 0;  ///< tokens left
  };

  rate_limiter(bucket_rate rate, std::size_t keys_max, steady_now now = &std::chrono::steady_clock::now);
  ~rate_limiter();
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;

  /// Takes one token from the key's bucket. Always allowed when the rate is off.
  [[nodiscard]] verdict take(std::string_view key);
  /// Returns a token that `take` gave and that was not used.
  void give_back(std::string_view key);
  /// Keys remembered.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bucket_rate rate() const noexcept { return rate_; }

private:
  struct shard;
  [[nodiscard]] shard& shard_of(std::string_view key) const;

  const bucket_rate rate_;
  const std::size_t keys_per_shard_;
  const steady_now now_;
  const std::unique_ptr<shard[]> shards_;
};

/// How much of an IPv6 address says whose it is. One customer owns a whole /64, so no limit looks closer; and a tunnel
/// or a hoster gives anybody a /48 for nothing, which matters where the limit is on how many addresses join in.
enum class ipv6_prefix : std::uint8_t { customer = 64, site = 48 };

/// What stands for a client's address in limits: IPv4 as it is, also when mapped into IPv6; of IPv6 the prefix. Text
/// that is no address is returned as it is.
[[nodiscard]] std::string address_key(std::string_view address, ipv6_prefix of_v6 = ipv6_prefix::customer);

} // namespace parley::gateway
