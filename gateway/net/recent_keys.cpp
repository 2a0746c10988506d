#include "gateway/net/recent_keys.hpp"

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace parley::gateway {

struct recent_keys::state {
  const std::size_t keys_max;
  std::mutex mutex;
  std::list<std::string> latest;                                                 // first
  std::unordered_map<std::string_view, std::list<std::string>::iterator> by_key; // views into `latest`
};

recent_keys::recent_keys(std::size_t keys_max)
  : state_{new state{keys_max, {}, {}, {}}} {}
recent_keys::~recent_keys() = default;

void recent_keys::add(std::string_view key) {
  auto& [keys_max, mutex, latest, by_key] = *state_;
  const std::lock_guard lock{mutex};
  if (const auto known = by_key.find(key); known != by_key.end())
    return latest.splice(latest.begin(), latest, known->second);
  latest.emplace_front(key);
  by_key.emplace(latest.front(), latest.begin());
  if (latest.size() <= keys_max) return;
  by_key.erase(latest.back());
  latest.pop_back();
}

bool recent_keys::contains(std::string_view key) const {
  const std::lock_guard lock{state_->mutex};
  return state_->by_key.contains(key);
}

} // namespace parley::gateway
