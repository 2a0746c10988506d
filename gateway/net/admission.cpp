#include "gateway/net/admission.hpp"

#include <mutex>
#include <unordered_map>

namespace parley::gateway {

struct admission::counts {
  std::mutex mutex;
  std::size_t total = 0;
  std::unordered_map<std::string, std::size_t> by_address;
};

admission::ticket::ticket(std::shared_ptr<counts> held_by, std::string key)
  : counts_{std::move(held_by)}
  , key_{std::move(key)} {}

admission::ticket& admission::ticket::operator=(ticket&& other) noexcept {
  give_back();
  counts_ = std::move(other.counts_);
  key_ = std::move(other.key_);
  return *this;
}

admission::ticket::~ticket() { give_back(); }

void admission::ticket::give_back() noexcept {
  if (!counts_) return;
  const std::lock_guard lock{counts_->mutex};
  --counts_->total;
  const auto found = counts_->by_address.find(key_);
  if (found != counts_->by_address.end() && --found->second == 0) counts_->by_address.erase(found);
}

admission::admission(const net_limits& bounds, rate_limiter::steady_now now)
  : connections_max_{bounds.connections_max}
  , per_address_max_{bounds.connections_per_address_max}
  , connects_{bounds.connects_per_address, bounds.addresses_max, std::move(now)}
  , counts_{std::make_shared<counts>()} {}

std::optional<admission::ticket> admission::admit(std::string_view address) {
  auto key = address_key(address);
  if (!connects_.take(key).allowed) return std::nullopt;
  {
    const std::lock_guard lock{counts_->mutex};
    if (counts_->total >= connections_max_ || !add(key)) return std::nullopt;
    ++counts_->total;
  }
  return ticket{counts_, std::move(key)};
}

std::optional<admission::ticket> admission::admit_proxy() {
  const std::lock_guard lock{counts_->mutex};
  if (counts_->total >= connections_max_) return std::nullopt;
  ++counts_->total;
  return ticket{counts_, {}};
}

bool admission::hand_over(ticket& proxys, std::string_view address) {
  auto key = address_key(address);
  if (!connects_.take(key).allowed) return false;
  const std::lock_guard lock{counts_->mutex};
  if (!add(key)) return false;
  proxys.key_ = std::move(key);
  return true;
}

bool admission::add(const std::string& key) {
  auto& mine = counts_->by_address[key];
  if (mine < per_address_max_) {
    ++mine;
    return true;
  }
  if (mine == 0) counts_->by_address.erase(key);
  return false;
}

std::size_t admission::connections() const {
  const std::lock_guard lock{counts_->mutex};
  return counts_->total;
}

} // namespace parley::gateway
