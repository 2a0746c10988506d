#include "events/log/stored_log.hpp"

#include "events/assertion.hpp"
#include "events/log/commit_plan.hpp"
#include "events/log/head_signal.hpp"
#include "events/log/keys.hpp"
#include "events/log/log_tables.hpp"
#include "events/log/version_cache.hpp"

#include <condition_variable>
#include <shared_mutex>
#include <thread>

namespace parley {
namespace {

const system_clock_source machine_clock;

class batch_sink final : public commit_sink {
public:
  explicit batch_sink(store::batch& batch)
    : batch_{batch} {}
  void put_record(position p, const stream_id& stream, version v, std::string_view stored) override {
    const auto at = keys::number(p);
    batch_.put(table::log, at, stored);
    batch_.put(table::streams, keys::stream(stream, v), at);
  }
  void put_outcome(const command_outcome& outcome) override {
    batch_.put(table::commands, outcome.key, keys::outcome(outcome));
  }
  void put_timer(const timer_change& change) override {
    if (change.set)
      batch_.put(table::timers, keys::timer_key(change.timer), {});
    else
      batch_.erase(table::timers, keys::timer_key(change.timer));
  }
  void put_snapshot(const snapshot& s) override {
    batch_.put(table::snapshots, s.stream.text, keys::snapshot_value(s));
  }

private:
  store::batch& batch_;
};

error closed() {
  return {errc::log_unavailable, "the log is closed after a failure that it has not recovered from", 5};
}

error with_remedy(error e) {
  if (e.code == errc::corrupt)
    e.message += "; run `parley log verify` on the data directory and restore it from a backup";
  return e;
}

result<void> check_not_lost(position head, const std::optional<position>& recorded,
                            const std::optional<position>& accepted) {
  if (!recorded || head >= *recorded || accepted == head) return {};
  return fail(errc::corrupt,
              "acknowledged events have vanished: the log ends at position " + std::to_string(head) + " but " +
                  std::to_string(*recorded) +
                  " was durable; restore the data directory from a backup, or, if these events are lost for good, "
                  "accept it with `parley log accept-loss --head " +
                  std::to_string(head) + "`");
}

} // namespace

struct stored_log::impl {
  impl(const options& o, std::unique_ptr<log_storage> place)
    : settings{o}
    , clock{o.clock ? *o.clock : machine_clock}
    , storage{std::move(place)}
    , versions{o.versions_cached_max} {}

  ~impl() {
    {
      const std::lock_guard lock{stop_mutex};
      stopping = true;
    }
    stop.notify_all();
    if (head_keeper.joinable()) head_keeper.join();
    if (!head_kept) return; // never opened: HEAD stays as it was found, it may know of more
    // A lagging HEAD only weakens the next start's check, so a failure here is not one of the log's.
    if (auto kept = keep_head(); !kept) return;
  }

  /// Opens the tables and checks them; `known` is a head that must be there.
  result<std::unique_ptr<store>> open_tables(const std::optional<position>& known, position& head) {
    const auto mode = settings.accepted_head ? store::access::write_lenient : store::access::write;
    auto opened = storage->open_tables(mode, clock);
    if (!opened) return opened;
    const auto at = log_tables::head(**opened);
    if (!at) return tl::make_unexpected(at.error());
    if (auto all_there = check_not_lost(*at, known, settings.accepted_head); !all_there)
      return tl::make_unexpected(std::move(all_there.error()));
    if (auto checks = log_tables::check_tail(**opened, *at, settings.tail_checked); !checks)
      return tl::make_unexpected(with_remedy(std::move(checks.error())));
    head = *at;
    return opened;
  }

  result<void> write_format() {
    const auto batch = tables->new_batch();
    batch->put(table::meta, keys::format, keys::number(keys::format_version));
    return batch->write();
  }

  result<void> keep_head() {
    const auto head = signal.get();
    if (head == head_kept) return {};
    auto written = storage->write_head(head);
    if (written) head_kept = head;
    return written;
  }

  void start_head_keeper() {
    head_keeper = std::thread{[this] {
      std::unique_lock lock{stop_mutex};
      while (!stop.wait_for(lock, settings.head_period, [this] { return stopping; })) {
        lock.unlock();
        (void)keep_head(); // as in the destructor
        lock.lock();
      }
    }};
  }

  result<version> version_of(const stream_id& stream) {
    if (const auto known = versions.find(stream)) return *known;
    auto v = log_tables::stream_version(*tables, stream, signal.get());
    if (v) versions.put(stream, *v);
    return v;
  }

  /// Calls `read` with the tables, which stay open meanwhile.
  template <class Read>
  auto reading(Read read) const -> decltype(read(std::declval<const store&>())) {
    const std::shared_lock lock{tables_mutex};
    if (!tables) return tl::make_unexpected(closed());
    return read(*tables);
  }

  options settings;
  const clock_source& clock;
  std::unique_ptr<log_storage> storage;
  head_signal signal;
  std::optional<position> head_kept; ///< what HEAD says; the head keeper's, but for opening and destruction
  std::atomic<bool> writable{true};

  std::mutex append_mutex; ///< `append` and `recover`; taken before tables_mutex
  version_cache versions;
  mutable std::shared_mutex tables_mutex; ///< exclusive while `recover` exchanges the tables
  std::unique_ptr<store> tables;

  std::mutex stop_mutex;
  std::condition_variable stop;
  bool stopping = false;
  std::thread head_keeper;
};

stored_log::stored_log(std::unique_ptr<impl> i)
  : impl_{std::move(i)} {}
stored_log::~stored_log() = default;

result<std::unique_ptr<stored_log>> stored_log::open(std::unique_ptr<log_storage> storage, const options& o) {
  if (auto room = storage->probe(); !room) return tl::make_unexpected(std::move(room.error()));
  const auto known = storage->read_head();
  if (!known && !o.accepted_head) return tl::make_unexpected(with_remedy(known.error()));

  auto made = std::make_unique<impl>(o, std::move(storage));
  position head = 0;
  auto tables = made->open_tables(known.value_or(std::nullopt), head);
  if (!tables) return tl::make_unexpected(with_remedy(std::move(tables.error())));
  made->tables = std::move(*tables);
  if (auto written = made->write_format(); !written) return tl::make_unexpected(std::move(written.error()));
  made->signal.publish(head);
  auto& place = *made->storage;
  if (auto written = o.accepted_head ? place.reset_head(head) : place.write_head(head); !written)
    return tl::make_unexpected(std::move(written.error()));
  made->head_kept = head;
  made->settings.accepted_head.reset();
  if (o.head_period.count() > 0) made->start_head_keeper();
  return std::unique_ptr<stored_log>{new stored_log{std::move(made)}};
}

std::vector<result<commit>> stored_log::append(std::span<const append_request> batch) {
  auto& self = *impl_;
  const std::lock_guard lock{self.append_mutex};
  const auto refuse_all = [&](const error& e) {
    return std::vector<result<commit>>(batch.size(), result<commit>{tl::make_unexpected(e)});
  };
  if (!self.writable) return refuse_all({errc::log_unavailable, {}, 5});

  const auto writes = self.tables->new_batch();
  batch_sink sink{*writes};
  auto plan = plan_commit(
      batch, self.signal.get(), [&](const stream_id& s) { return self.version_of(s); }, sink);
  if (!plan.writes) return std::move(plan.answers);
  writes->put(table::meta, keys::head, keys::number(plan.head));
  if (auto written = writes->write(); !written) {
    self.writable = false;
    return refuse_all({errc::log_unavailable, std::move(written.error().message), 5});
  }
  for (auto& [stream, v] : plan.versions) self.versions.put(stream, v);
  if (plan.head != self.signal.get()) self.signal.publish(plan.head);
  return std::move(plan.answers);
}

result<void> stored_log::recover() {
  auto& self = *impl_;
  const std::lock_guard lock{self.append_mutex};
  if (self.writable) return {};
  // While the disk refuses, reads go on with the tables as they are.
  if (auto room = self.storage->probe(); !room) return room;

  // After a failed write or sync, what of it reached the disk is known only by reading the files anew; opening also
  // moves what they hold into synced tables.
  const std::unique_lock exclusive{self.tables_mutex};
  self.tables.reset();
  position head = 0;
  auto tables = self.open_tables(self.signal.get(), head);
  if (!tables) {
    if (auto read_only = self.storage->open_tables(store::access::read_only, self.clock))
      self.tables = std::move(*read_only);
    return tl::make_unexpected(with_remedy(std::move(tables.error())));
  }
  self.tables = std::move(*tables);
  self.versions.clear();
  self.signal.publish(head);
  self.writable = true;
  return {};
}

bool stored_log::writable() const noexcept { return impl_->writable; }
position stored_log::head() const noexcept { return impl_->signal.get(); }
position stored_log::wait_beyond(position after, std::chrono::milliseconds timeout) const {
  return impl_->signal.wait_beyond(after, timeout);
}
void stored_log::stop_waiting() noexcept { impl_->signal.stop(); }

result<std::vector<record>> stored_log::read(position after, std::size_t limit, std::size_t bytes_max) const {
  return impl_->reading([&](const store& s) { return log_tables::read(s, after, head(), limit, bytes_max); });
}

result<family_page> stored_log::read_families(std::span<const std::string_view> families, position after,
                                              std::size_t limit, std::size_t looked_at_max) const {
  return impl_->reading(
      [&](const store& s) { return log_tables::read_families(s, families, after, head(), limit, looked_at_max); });
}

result<std::vector<record>> stored_log::read_stream(const stream_id& stream, version after, std::size_t limit,
                                                    std::size_t bytes_max) const {
  return impl_->reading(
      [&](const store& s) { return log_tables::read_stream(s, stream, after, head(), limit, bytes_max); });
}

result<version> stored_log::stream_version(const stream_id& stream) const {
  return impl_->reading([&](const store& s) { return log_tables::stream_version(s, stream, head()); });
}

result<std::optional<command_outcome>> stored_log::find_outcome(std::string_view key) const {
  return impl_->reading([&](const store& s) -> result<std::optional<command_outcome>> {
    const auto value = s.get(table::commands, key);
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return std::optional<command_outcome>{};
    auto outcome = keys::take_outcome(key, **value);
    if (!outcome) return tl::make_unexpected(std::move(outcome.error()));
    return std::optional{std::move(*outcome)};
  });
}

result<std::optional<snapshot>> stored_log::find_snapshot(const stream_id& stream) const {
  return impl_->reading([&](const store& s) { return log_tables::find_snapshot(s, stream); });
}

result<std::vector<timer>> stored_log::due_timers(time_point until, std::size_t limit) const {
  return impl_->reading([&](const store& s) { return log_tables::due_timers(s, until, limit); });
}

result<std::vector<timer>> stored_log::restart_timers(const stream_id& after, std::size_t limit) const {
  return impl_->reading([&](const store& s) { return log_tables::restart_timers(s, after, limit); });
}

result<void> stored_log::forget_expired() {
  const std::shared_lock lock{impl_->tables_mutex};
  if (!impl_->tables) return tl::make_unexpected(closed());
  return impl_->tables->compact(table::commands);
}

result<void> stored_log::keep_head() { return impl_->keep_head(); }

} // namespace parley
