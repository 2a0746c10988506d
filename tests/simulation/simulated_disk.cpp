#include "tests/simulation/simulated_disk.hpp"

#include "events/assertion.hpp"
#include "events/log/head_lines.hpp"
#include "tests/simulation/disk_tables.hpp"

namespace parley::simulation {
namespace {

constexpr std::size_t parts = 1'000'000;

/// A batch that was written and whose sync failed, as far as it is on the disk.
struct unsynced_batch {
  changes written;
  bool whole;
};

tl::unexpected<error> unavailable(const char* why) {
  return fail(errc::log_unavailable, std::string{why} + " (simulated)", 5);
}

} // namespace

// --- what outlives a crash ---------------------------------------------------------------------------------------

struct simulated_disk::state {
  state(test::seeded r, const disk_faults& f, std::size_t batches_max)
    : random{r}
    , faults{f}
    , tables{batches_max} {}

  void count(const char* kind) { ++injected[kind]; }
  bool happens(std::uint32_t weight) { return weight != 0 && random.below(parts) < weight; }
  [[nodiscard]] result<void> running(std::uint64_t boot_of_caller) const {
    if (boot_of_caller != boot) return unavailable("the machine has stopped");
    return {};
  }

  result<void> read() {
    if (failing_reads == 0 && happens(faults.reads_fail))
      failing_reads = 1 + random.below(std::max(1U, faults.failing_reads_max));
    if (failing_reads == 0) return {};
    --failing_reads;
    count("read failed");
    return unavailable("the log cannot be read");
  }

  result<void> write(changes batch) {
    if (!full && happens(faults.fills_up)) {
      full = true;
      count("disk filled up");
    }
    if (full) {
      count("write refused: disk full");
      return unavailable("the log cannot be written: no space left");
    }
    if (std::exchange(next_write_fails, false) || happens(faults.write_fails)) {
      count("write failed");
      return unavailable("the log cannot be written");
    }
    auto left = std::exchange(next_sync_fails, std::nullopt);
    if (!left && happens(faults.sync_fails)) left = std::array{tail::lost, tail::kept, tail::torn}[random.below(3)];
    if (!left) {
      tables.commit(std::move(batch));
      return {};
    }
    leave(std::move(batch), *left);
    return unavailable("the log cannot be synced");
  }

  void leave(changes batch, tail left) {
    switch (left) {
    case tail::lost: count("sync failed: tail lost"); return;
    case tail::kept:
      count("sync failed: tail kept");
      unsynced = {std::move(batch), true};
      return;
    case tail::torn:
      count("sync failed: tail torn");
      batch.resize(random.below(batch.size()));
      unsynced = {std::move(batch), false};
    }
  }

  /// What opening the write-ahead log does: a torn batch at its end is cut off, damage before it is refused.
  result<void> replay() {
    if (!tables.checks()) return fail(errc::corrupt, "a batch of the write-ahead log does not match its checksum");
    auto last = std::exchange(unsynced, std::nullopt);
    if (last && last->whole) tables.commit(std::move(last->written));
    if (last && !last->whole) count("tail dropped");
    return {};
  }

  result<void> write_head(position head, std::size_t line) {
    if (full) return unavailable("HEAD cannot be written: no space left");
    head_before = head_text;
    head_at = line * head_lines::line_bytes;
    if (head_text.size() < head_at + head_lines::line_bytes) head_text.resize(head_at + head_lines::line_bytes, '\0');
    head_text.replace(head_at, head_lines::line_bytes, head_lines::line(head));
    return {};
  }

  test::seeded random;
  disk_faults faults;
  disk_tables tables;
  std::optional<unsynced_batch> unsynced;
  std::string head_text;
  std::optional<std::string> head_before; ///< before its last write, while a crash may still take that back
  std::size_t head_at = 0;                ///< where its last write began

  bool full = false, next_write_fails = false;
  std::optional<tail> next_sync_fails;
  std::uint64_t failing_reads = 0;
  std::uint64_t boot = 0; ///< a handle of an earlier one is dead
  bool claimed = false, open = false;
  std::map<std::string, std::uint64_t> injected;
};

// --- the store ---------------------------------------------------------------------------------------------------

class simulated_disk::gathered final : public store::batch {
public:
  gathered(state& disk, std::uint64_t boot, bool& writable)
    : disk_{disk}
    , boot_{boot}
    , writable_{writable} {}

  void put(table t, std::string_view key, std::string_view value) override {
    changes_.push_back({t, std::string{key}, std::string{value}});
  }
  void erase(table t, std::string_view key) override { changes_.push_back({t, std::string{key}, std::nullopt}); }

  result<void> write() override {
    PARLEY_ASSERT(!changes_.empty());
    if (auto on = disk_.running(boot_); !on) return on;
    if (!writable_) return unavailable("the log takes no writes until it is opened anew");
    auto written = disk_.write(std::move(changes_));
    writable_ = written.has_value();
    return written;
  }

private:
  state& disk_;
  std::uint64_t boot_;
  bool& writable_;
  changes changes_;
};

/// Past either end and after a failed read it stands nowhere, and stays there until it seeks.
class simulated_disk::pointer final : public store::cursor {
public:
  pointer(state& disk, std::uint64_t boot, table t)
    : disk_{disk}
    , boot_{boot}
    , entries_{disk.tables.of(t)}
    , generation_{disk.tables.generation()} {}

  void seek(std::string_view key) override {
    if (reads()) stand(entries_.lower_bound(key));
  }
  void seek_back(std::string_view key) override {
    if (reads()) stand_before(entries_.upper_bound(key));
  }
  void seek_to_last() override {
    if (reads()) stand_before(entries_.end());
  }
  void next() override {
    PARLEY_ASSERT(at_);
    if (const auto here = *at_; reads()) stand(std::next(here));
  }
  void previous() override {
    PARLEY_ASSERT(at_);
    if (const auto here = *at_; reads()) stand_before(here);
  }
  bool valid() const override { return at_.has_value(); }
  std::string_view key() const override { return (*at_)->first; }
  std::string_view value() const override { return (*at_)->second; }
  result<void> check() const override { return last_read_; }

private:
  using place_in_table = disk_tables::entries::const_iterator;

  bool reads() {
    // RocksDB's cursor shows the tables as they were when it was made; this one must not be used across a write.
    PARLEY_ASSERT(generation_ == disk_.tables.generation());
    at_.reset();
    last_read_ = disk_.running(boot_);
    if (last_read_) last_read_ = disk_.read();
    return last_read_.has_value();
  }
  void stand(place_in_table at) {
    if (at != entries_.end()) at_ = at;
  }
  void stand_before(place_in_table at) {
    if (at != entries_.begin()) at_ = std::prev(at);
  }

  state& disk_;
  std::uint64_t boot_;
  const disk_tables::entries& entries_;
  std::uint64_t generation_;
  std::optional<place_in_table> at_;
  result<void> last_read_;
};

class simulated_disk::opened final : public store {
public:
  opened(state& disk, bool writable, const clock_source& clock)
    : disk_{disk}
    , boot_{disk.boot}
    , writable_{writable}
    , clock_{clock} {
    disk_.open = true;
  }
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;
  ~opened() override {
    if (disk_.running(boot_)) disk_.open = false;
  }

  std::unique_ptr<batch> new_batch() override { return std::make_unique<gathered>(disk_, boot_, writable_); }

  result<std::optional<std::string>> get(table t, std::string_view key) const override {
    if (auto on = disk_.running(boot_); !on) return tl::make_unexpected(std::move(on.error()));
    if (auto read = disk_.read(); !read) return tl::make_unexpected(std::move(read.error()));
    const auto& entries = disk_.tables.of(t);
    const auto at = entries.find(key);
    return at == entries.end() ? std::nullopt : std::optional{at->second};
  }

  std::unique_ptr<cursor> scan(table t) const override { return std::make_unique<pointer>(disk_, boot_, t); }

  result<void> compact(table t) override {
    if (auto on = disk_.running(boot_); !on) return on;
    if (t == table::commands) disk_.tables.drop_expired(clock_.now());
    return {};
  }

  result<void> catch_up() override { return disk_.running(boot_); } // it shows what is written anyway

private:
  state& disk_;
  std::uint64_t boot_;
  bool writable_;
  const clock_source& clock_;
};

// --- the log's place ---------------------------------------------------------------------------------------------

class simulated_disk::place final : public log_storage {
public:
  explicit place(state& disk)
    : disk_{disk}
    , boot_{disk.boot} {
    disk_.claimed = true;
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() override {
    if (disk_.running(boot_)) disk_.claimed = false;
  }

  result<void> probe() override {
    if (auto on = disk_.running(boot_); !on) return on;
    if (disk_.full) return unavailable("no room left");
    return {};
  }

  result<std::unique_ptr<store>> open_tables(store::access mode, const clock_source& clock) override {
    if (auto on = disk_.running(boot_); !on) return tl::make_unexpected(std::move(on.error()));
    PARLEY_ASSERT(!disk_.open);
    if (auto replayed = disk_.replay(); !replayed) return tl::make_unexpected(std::move(replayed.error()));
    const bool writable = mode == store::access::write || mode == store::access::write_lenient;
    if (writable) disk_.tables.flush();
    return std::make_unique<opened>(disk_, writable, clock);
  }

  result<std::optional<position>> read_head() override {
    if (auto on = disk_.running(boot_); !on) return tl::make_unexpected(std::move(on.error()));
    const auto found = head_lines::parse(disk_.head_text);
    if (!found) return tl::make_unexpected(found.error());
    return found->newest;
  }

  result<void> write_head(position head) override {
    if (auto on = disk_.running(boot_); !on) return on;
    if (!line_) line_ = head_lines::parse(disk_.head_text).value_or(head_lines::found{}).next;
    auto written = disk_.write_head(head, *line_);
    if (written) line_ = (*line_ + 1) % head_lines::lines;
    return written;
  }

  result<void> reset_head(position head) override {
    if (auto first = write_head(head); !first) return first;
    return write_head(head);
  }

private:
  state& disk_;
  std::uint64_t boot_;
  std::optional<std::size_t> line_; ///< of HEAD, the next to write
};

// --- what the simulation does to it ------------------------------------------------------------------------------

simulated_disk::simulated_disk(test::seeded random, const disk_faults& faults, std::size_t batches_max)
  : state_{new state{random, faults, batches_max}} {}
simulated_disk::~simulated_disk() = default;

result<std::unique_ptr<log_storage>> simulated_disk::claim() {
  if (state_->claimed) return fail(errc::conflict, "the log is in use by another (simulated)");
  return std::make_unique<place>(*state_);
}

void simulated_disk::crash() {
  auto& s = *state_;
  s.count("crash");
  ++s.boot;
  s.claimed = s.open = false;
  if (s.happens(s.faults.head_lost)) lose_head();
  if (s.happens(s.faults.head_torn)) tear_head();
  s.head_before.reset();
  if (s.happens(s.faults.wal_bit_flips)) flip_wal_bit();
  if (s.happens(s.faults.record_bit_flips)) flip_record_bit();
  if (s.happens(s.faults.acknowledged_lost)) lose_acknowledged();
}

void simulated_disk::set_faults(const disk_faults& faults) { state_->faults = faults; }
void simulated_disk::fail_next_write() { state_->next_write_fails = true; }
void simulated_disk::fail_next_sync(tail left) { state_->next_sync_fails = left; }
void simulated_disk::set_full(bool full) { state_->full = full; }
bool simulated_disk::full() const noexcept { return state_->full; }
void simulated_disk::fail_reads(std::uint64_t count) { state_->failing_reads = count; }

bool simulated_disk::lose_head() {
  if (!state_->head_before) return false;
  state_->head_text = *std::exchange(state_->head_before, std::nullopt);
  state_->count("HEAD lost");
  return true;
}

bool simulated_disk::tear_head() {
  auto& s = *state_;
  if (!s.head_before) return false;
  // The line's first bytes are the new ones; behind them the file is as it was, and ends there if it ended there.
  const auto reached = s.head_at + s.random.below(head_lines::line_bytes);
  auto torn = s.head_text.substr(0, reached);
  if (s.head_before->size() > reached) torn += s.head_before->substr(reached);
  s.head_text = std::move(torn);
  s.head_before.reset();
  s.count("HEAD torn");
  return true;
}

bool simulated_disk::flip_wal_bit() {
  auto& s = *state_;
  if (s.tables.batches() == 0) return false;
  s.tables.flip_batch(s.random.below(s.tables.batches()));
  s.count("write-ahead bit flipped");
  return true;
}

bool simulated_disk::flip_record_bit(position p) {
  auto& s = *state_;
  if (p == 0 || p > s.tables.flushed_records()) return false;
  s.tables.flip_record(p, static_cast<std::size_t>(s.random.next() >> 1));
  s.count("record bit flipped");
  return true;
}

bool simulated_disk::flip_record_bit() {
  const auto last = state_->tables.flushed_records();
  return last != 0 && flip_record_bit(1 + state_->random.below(last));
}

std::size_t simulated_disk::lose_synced(std::size_t batches) {
  auto& s = *state_;
  const auto lost = std::min(batches, s.tables.batches());
  if (lost == 0) return 0;
  for (std::size_t i = 0; i < lost; ++i) s.tables.lose_last();
  s.unsynced.reset(); // it stood behind them
  s.count("synced batches lost");
  return lost;
}

bool simulated_disk::lose_acknowledged() {
  const auto recorded = head_lines::parse(state_->head_text).value_or(head_lines::found{}).newest.value_or(0);
  return lose_synced(state_->tables.batches_back_to_before(recorded)) != 0;
}

void simulated_disk::repair() { state_->tables.repair(); }
bool simulated_disk::damaged() const { return state_->tables.damaged(); }
const std::map<std::string, std::uint64_t>& simulated_disk::injected() const noexcept { return state_->injected; }

} // namespace parley::simulation
