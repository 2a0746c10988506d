#pragma once
// What each user wrote last, so that their own reads see it without a header. In memory only and bounded: who falls out
// is answered as of the oldest remembered. Thread-safe.

#include "events/ids.hpp"

#include <list>
#include <mutex>
#include <unordered_map>

namespace parley::gateway {

class write_positions {
public:
  static constexpr std::size_t users_max = 100'000;

  /// `floor`: the log's head at start; what was written before this run.
  explicit write_positions(position floor)
    : floor_{floor} {}

  void wrote(const user_id& user, position at);
  /// The position a read of `user` must see.
  [[nodiscard]] position of(const user_id& user) const;

private:
  struct entry {
    user_id user;
    position at;
  };
  mutable std::mutex mutex_;
  position floor_;
  std::list<entry> recent_; // newest first
  std::unordered_map<user_id, std::list<entry>::iterator> by_user_;
};

} // namespace parley::gateway
