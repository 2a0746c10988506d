#include "gateway/net/rate_limiter.hpp"

#include <arpa/inet.h>
#include <list>
#include <mutex>
#include <unordered_map>

namespace parley::gateway {
namespace {

constexpr std::size_t shard_count = 16;

} // namespace

struct rate_limiter::shard {
  struct entry {
    std::string key;
    token_bucket bucket;
  };
  std::mutex mutex;
  std::list<entry> recent;                                                 // the latest seen first
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_key; // views into `recent`
};

rate_limiter::rate_limiter(bucket_rate rate, std::size_t keys_max, steady_now now)
  : rate_{rate}
  , keys_per_shard_{std::max<std::size_t>(1, keys_max / shard_count)}
  , now_{std::move(now)}
  , shards_{std::make_unique<shard[]>(shard_count)} {}

rate_limiter::~rate_limiter() = default;

rate_limiter::shard& rate_limiter::shard_of(std::string_view key) const {
  return shards_[std::hash<std::string_view>{}(key) % shard_count];
}

rate_limiter::verdict rate_limiter::take(std::string_view key) {
  if (!rate_.limits()) return {};
  const auto now = now_();
  auto& s = shard_of(key);
  const std::lock_guard lock{s.mutex};
  if (const auto known = s.by_key.find(key); known != s.by_key.end()) {
    s.recent.splice(s.recent.begin(), s.recent, known->second);
  } else {
    if (s.recent.size() >= keys_per_shard_) {
      s.by_key.erase(s.recent.back().key);
      s.recent.pop_back();
    }
    s.recent.push_front({std::string{key}, token_bucket{rate_, now}});
    s.by_key.emplace(s.recent.front().key, s.recent.begin());
  }
  auto& bucket = s.recent.front().bucket;
  const bool allowed = bucket.take(rate_, now);
  return {allowed, allowed ? 0 : bucket.retry_after_s(rate_), bucket.tokens()};
}

void rate_limiter::give_back(std::string_view key) {
  if (!rate_.limits()) return;
  auto& s = shard_of(key);
  const std::lock_guard lock{s.mutex};
  if (const auto known = s.by_key.find(key); known != s.by_key.end()) known->second->bucket.give_back(rate_);
}

std::size_t rate_limiter::size() const {
  std::size_t total = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock{shards_[i].mutex};
    total += shards_[i].recent.size();
  }
  return total;
}

std::string address_key(std::string_view address, ipv6_prefix of_v6) {
  const std::string text{address.substr(0, address.find('%'))};
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::string{address};
  char out[INET6_ADDRSTRLEN] = {};
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    inet_ntop(AF_INET, &v6.s6_addr[12], out, sizeof out);
    return out;
  }
  const int bits = static_cast<int>(of_v6);
  std::fill(v6.s6_addr + bits / 8, v6.s6_addr + 16, std::uint8_t{0});
  inet_ntop(AF_INET6, &v6, out, sizeof out);
  return std::string{out} + '/' + std::to_string(bits);
}

} // namespace parley::gateway
