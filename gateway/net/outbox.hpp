#pragma once
// The connections of one loop that have something to send: all of them are flushed at the turn's end, once each, so
// that whatever a turn queued for a connection leaves in one system call. Used on its loop only.

#include <memory>
#include <vector>

namespace parley::gateway {

class flushable {
public:
  virtual ~flushable() = default;
  /// Sends what is queued. True when somebody was told of it, so that there may be more to do in this turn.
  virtual bool flush() = 0;
};

class outbox {
public:
  /// Once a turn for each; the caller remembers that it is marked until its `flush`.
  void mark(std::shared_ptr<flushable> dirty) { dirty_.push_back(std::move(dirty)); }

  /// The turn-end hook, to be added after the hub's.
  bool flush() {
    bool more = false;
    std::vector<std::shared_ptr<flushable>> now;
    now.swap(dirty_);
    for (const auto& one : now) more |= one->flush();
    now.clear();
    if (dirty_.empty() && now.capacity() <= kept_max) now.swap(dirty_);
    return more || !dirty_.empty();
  }

  void clear() noexcept { dirty_.clear(); }

private:
  static constexpr std::size_t kept_max = 4096; // room kept between turns

  std::vector<std::shared_ptr<flushable>> dirty_;
};

} // namespace parley::gateway
