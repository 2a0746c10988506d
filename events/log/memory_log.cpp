#include "events/log/memory_log.hpp"

#include "events/log/commit_plan.hpp"
#include "events/log/head_signal.hpp"
#include "events/log/keys.hpp"
#include "events/log/page.hpp"

#include <map>
#include <set>

namespace parley {
namespace {

/// What one batch adds; applied whole once it is durable.
class delta final : public commit_sink {
public:
  struct entry {
    stream_id stream;
    std::string stored;
  };
  void put_record(position, const stream_id& stream, version, std::string_view stored) override {
    records.push_back({stream, std::string{stored}});
  }
  void put_outcome(const command_outcome& o) override { outcomes.push_back(o); }
  void put_timer(const timer_change& change) override { timers.push_back(change); }
  void put_snapshot(const snapshot& s) override { snapshots.push_back(s); }

  std::vector<entry> records;
  std::vector<command_outcome> outcomes;
  std::vector<timer_change> timers;
  std::vector<snapshot> snapshots;
};

} // namespace

struct memory_log::impl {
  void apply(delta&& d) {
    for (auto& r : d.records) {
      records.push_back(std::move(r.stored));
      streams[r.stream].push_back(records.size());
    }
    for (auto& o : d.outcomes) {
      auto key = o.key;
      outcomes.insert_or_assign(std::move(key), std::move(o));
    }
    for (auto& change : d.timers) {
      // Kept under the key RocksDB would sort by, so that both logs have one order.
      if (change.set)
        timers.insert(keys::timer_key(change.timer));
      else
        timers.erase(keys::timer_key(change.timer));
    }
    for (auto& s : d.snapshots) snapshots.insert_or_assign(s.stream, s);
    if (records.size() != signal.get()) signal.publish(records.size());
  }

  void settle_unsynced() {
    if (unsynced && fate == tail::kept) apply(std::move(*unsynced));
    unsynced.reset();
  }

  /// Adds the record at `p` to `found`; false when it does not belong there any more.
  [[nodiscard]] result<bool> add(position p, page& found) const {
    const auto bytes = keys::take_record(records[p - 1]);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!found.takes(bytes->size())) return false;
    auto r = parse_record(*bytes);
    if (!r) return tl::make_unexpected(std::move(r.error()));
    found.add(std::move(*r), bytes->size());
    return !found.full();
  }

  mutable std::mutex mutex;
  std::vector<std::string> records;
  std::map<stream_id, std::vector<position>> streams;
  std::map<std::string, command_outcome, std::less<>> outcomes;
  std::map<stream_id, snapshot> snapshots;
  std::set<std::string> timers;
  head_signal signal;

  std::atomic<bool> writable{true};
  bool full = false, append_fails = false;
  std::optional<tail> sync_fails;
  std::optional<error> reads_fail;
  tail fate = tail::lost;
  std::optional<delta> unsynced;
  std::function<void()> hook;
};

memory_log::memory_log()
  : impl_{new impl} {}
memory_log::~memory_log() = default;

void memory_log::fail_next_append() {
  const std::lock_guard lock{impl_->mutex};
  impl_->append_fails = true;
}
void memory_log::fail_next_sync(tail t) {
  const std::lock_guard lock{impl_->mutex};
  impl_->sync_fails = t;
}
void memory_log::set_full(bool full) {
  const std::lock_guard lock{impl_->mutex};
  impl_->full = full;
}
void memory_log::fail_reads(std::optional<error> how) {
  const std::lock_guard lock{impl_->mutex};
  impl_->reads_fail = std::move(how);
}
void memory_log::on_append(std::function<void()> hook) {
  const std::lock_guard lock{impl_->mutex};
  impl_->hook = std::move(hook);
}
void memory_log::crash() {
  const std::lock_guard lock{impl_->mutex};
  impl_->settle_unsynced();
  impl_->writable = true;
}

std::vector<result<commit>> memory_log::append(std::span<const append_request> batch) {
  auto& self = *impl_;
  std::unique_lock lock{self.mutex};
  if (const auto hook = self.hook) {
    lock.unlock();
    hook();
    lock.lock();
  }
  const auto refuse_all = [&](std::string why) {
    return std::vector<result<commit>>(batch.size(), result<commit>{fail(errc::log_unavailable, std::move(why), 5)});
  };
  if (!self.writable) return refuse_all({});

  delta added;
  const auto version_of = [&](const stream_id& s) -> result<version> {
    const auto at = self.streams.find(s);
    return at == self.streams.end() ? version{0} : at->second.size();
  };
  auto plan = plan_commit(batch, self.signal.get(), version_of, added);
  if (!plan.writes) return std::move(plan.answers);
  if (self.full || std::exchange(self.append_fails, false)) {
    self.writable = false;
    return refuse_all("the log cannot be written: no space left (injected)");
  }
  if (const auto t = std::exchange(self.sync_fails, std::nullopt)) {
    self.writable = false;
    self.fate = *t;
    self.unsynced = std::move(added);
    return refuse_all("the log cannot be synced (injected)");
  }
  self.apply(std::move(added));
  return std::move(plan.answers);
}

result<void> memory_log::recover() {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->writable) return {};
  if (impl_->full) return fail(errc::log_unavailable, "no space left (injected)");
  impl_->settle_unsynced();
  impl_->writable = true;
  return {};
}

bool memory_log::writable() const noexcept { return impl_->writable; }
position memory_log::head() const noexcept { return impl_->signal.get(); }
position memory_log::wait_beyond(position after, std::chrono::milliseconds timeout) const {
  return impl_->signal.wait_beyond(after, timeout);
}
void memory_log::stop_waiting() noexcept { impl_->signal.stop(); }

result<std::vector<record>> memory_log::read(position after, std::size_t limit, std::size_t bytes_max) const {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->reads_fail) return tl::make_unexpected(*impl_->reads_fail);
  page found{limit, bytes_max};
  for (result<bool> more = true; *more && after < impl_->records.size();) {
    more = impl_->add(++after, found);
    if (!more) return tl::make_unexpected(std::move(more.error()));
  }
  return std::move(found).take();
}

result<std::vector<record>> memory_log::read_stream(const stream_id& stream, version after, std::size_t limit,
                                                    std::size_t bytes_max) const {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->reads_fail) return tl::make_unexpected(*impl_->reads_fail);
  page found{limit, bytes_max};
  const auto at = impl_->streams.find(stream);
  if (at == impl_->streams.end()) return std::move(found).take();
  for (result<bool> more = true; *more && after < at->second.size();) {
    more = impl_->add(at->second[after++], found);
    if (!more) return tl::make_unexpected(std::move(more.error()));
  }
  return std::move(found).take();
}

result<version> memory_log::stream_version(const stream_id& stream) const {
  const std::lock_guard lock{impl_->mutex};
  const auto at = impl_->streams.find(stream);
  return at == impl_->streams.end() ? version{0} : at->second.size();
}

result<std::optional<command_outcome>> memory_log::find_outcome(std::string_view key) const {
  const std::lock_guard lock{impl_->mutex};
  const auto at = impl_->outcomes.find(key);
  if (at == impl_->outcomes.end()) return std::optional<command_outcome>{};
  return std::optional{at->second};
}

result<std::optional<snapshot>> memory_log::find_snapshot(const stream_id& stream) const {
  const std::lock_guard lock{impl_->mutex};
  const auto at = impl_->snapshots.find(stream);
  if (at == impl_->snapshots.end()) return std::optional<snapshot>{};
  return std::optional{at->second};
}

result<std::vector<timer>> memory_log::due_timers(time_point until, std::size_t limit) const {
  const std::lock_guard lock{impl_->mutex};
  std::vector<timer> due;
  for (const auto& key : impl_->timers) {
    auto t = keys::take_timer(key);
    if (!t) return tl::make_unexpected(std::move(t.error()));
    if (t->due == at_restart || t->due > until || due.size() >= limit) break;
    due.push_back(std::move(*t));
  }
  return due;
}

result<std::vector<timer>> memory_log::restart_timers(const stream_id& after, std::size_t limit) const {
  const std::lock_guard lock{impl_->mutex};
  std::vector<timer> found;
  for (const auto& key : impl_->timers) {
    auto t = keys::take_timer(key);
    if (!t) return tl::make_unexpected(std::move(t.error()));
    if (t->due != at_restart || (!after.empty() && t->stream <= after)) continue;
    if (found.size() >= limit) {
      // As in the RocksDB log: a page does not cut a stream's timers in two.
      if (found.front().stream != t->stream)
        std::erase_if(found, [&](const timer& f) { return f.stream == t->stream; });
      break;
    }
    found.push_back(std::move(*t));
  }
  return found;
}

} // namespace parley
