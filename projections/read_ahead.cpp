#include "projections/read_ahead.hpp"

namespace parley {
namespace {

constexpr std::size_t decoded_ahead_max = 3;
/// Records are read and folded in pieces this small: what a piece is parsed into stays in the processor's caches and is
/// given back before the next, where a whole batch of parsed records would go through memory.
constexpr std::size_t piece_events = 256;
constexpr std::size_t pieces_max = 64;

} // namespace

result<change_set> read_batch(record_source& source, const batch_limits& limits, position from, position to) {
  change_set changes;
  changes.from = changes.to = from;
  const auto end = from + std::min<position>(limits.events, to - from);
  const auto piece_bytes = std::max<std::size_t>(limits.bytes / pieces_max, 1);
  for (std::size_t pieces = 0; changes.to < end && pieces < pieces_max; ++pieces) {
    const auto records = source.read(changes.to, std::min<position>(piece_events, end - changes.to), piece_bytes);
    if (!records) return tl::make_unexpected(records.error());
    if (records->empty()) return fail(errc::corrupt, "the log ends before its head");
    if (auto folded = fold_into(changes, *records); !folded) return tl::make_unexpected(folded.error());
  }
  return changes;
}

read_ahead::read_ahead(record_source& source, const batch_limits& limits, position from, position to)
  : thread_{[this, &source, limits, from, to] { run(source, limits, from, to); }} {}

read_ahead::~read_ahead() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

result<change_set> read_ahead::take() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return !ready_.empty(); });
  auto next = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return next;
}

void read_ahead::run(record_source& source, const batch_limits& limits, position from, position to) {
  for (auto at = from; at < to;) {
    auto changes = read_batch(source, limits, at, to);
    const bool ok = changes.has_value();
    if (ok) at = changes->to;
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || ready_.size() < decoded_ahead_max; });
    if (stopping_) return;
    ready_.push_back(std::move(changes));
    changed_.notify_all();
    if (!ok) return;
  }
}

} // namespace parley
