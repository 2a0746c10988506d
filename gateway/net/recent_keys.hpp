#pragma once
// A set of the keys seen lately. Holds at most `keys_max` and forgets the longest unseen first. Thread-safe.

#include <cstddef>
#include <memory>
#include <string_view>

namespace parley::gateway {

class recent_keys {
public:
  explicit recent_keys(std::size_t keys_max);
  ~recent_keys();
  recent_keys(const recent_keys&) = delete;
  recent_keys& operator=(const recent_keys&) = delete;

  /// `key` is the latest seen.
  void add(std::string_view key);
  [[nodiscard]] bool contains(std::string_view key) const;

private:
  struct state;
  const std::unique_ptr<state> state_;
};

} // namespace parley::gateway
