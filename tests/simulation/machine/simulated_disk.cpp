#include "tests/simulation/machine/simulated_disk.hpp"

#include "events/assertion.hpp"
#include "events/log/head_lines.hpp"
#include "tests/simulation/machine/disk_state.hpp"

namespace parley::simulation {
namespace {

class gathered final : public store::batch {
public:
  gathered(disk_state& disk, std::uint64_t boot, bool& writable)
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
  disk_state& disk_;
  std::uint64_t boot_;
  bool& writable_;
  changes changes_;
};

/// Past either end and after a failed read it stands nowhere, and stays there until it seeks.
class pointer final : public store::cursor {
public:
  pointer(disk_state& disk, std::uint64_t boot, table t)
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

  disk_state& disk_;
  std::uint64_t boot_;
  const disk_tables::entries& entries_;
  std::uint64_t generation_;
  std::optional<place_in_table> at_;
  result<void> last_read_;
};

class opened final : public store {
public:
  opened(disk_state& disk, bool writable, const clock_source& clock)
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
  disk_state& disk_;
  std::uint64_t boot_;
  bool writable_;
  const clock_source& clock_;
};

class place final : public log_storage {
public:
  explicit place(disk_state& disk)
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
  disk_state& disk_;
  std::uint64_t boot_;
  std::optional<std::size_t> line_; ///< of HEAD, the next to write
};

} // namespace

simulated_disk::simulated_disk(test::seeded random, const disk_faults& faults, std::size_t batches_max)
  : state_{new disk_state{random, faults, batches_max}} {}
simulated_disk::~simulated_disk() = default;

result<std::unique_ptr<log_storage>> simulated_disk::claim() {
  if (state_->claimed) return fail(errc::conflict, "the log is in use by another (simulated)");
  return std::make_unique<place>(*state_);
}

void simulated_disk::crash() { state_->crash(); }
void simulated_disk::set_faults(const disk_faults& faults) { state_->faults = faults; }
void simulated_disk::heal() {
  state_->faults = {};
  state_->full = state_->next_write_fails = false;
  state_->next_sync_fails.reset();
  state_->failing_reads = 0;
}

void simulated_disk::fail_next_write() { state_->next_write_fails = true; }
void simulated_disk::fail_next_sync(tail left) { state_->next_sync_fails = left; }
void simulated_disk::set_full(bool full) { state_->full = full; }
bool simulated_disk::full() const noexcept { return state_->full; }
simulated_disk::undisturbed::undisturbed(simulated_disk& disk)
  : disk_{disk} {
  ++disk_.state_->observers;
}
simulated_disk::undisturbed::~undisturbed() { --disk_.state_->observers; }

void simulated_disk::fail_reads(std::uint64_t count) { state_->failing_reads = count; }

bool simulated_disk::lose_head() { return state_->lose_head(); }
bool simulated_disk::tear_head() { return state_->tear_head(); }
bool simulated_disk::flip_wal_bit() { return state_->flip_wal_bit(); }
bool simulated_disk::flip_record_bit(position p) { return state_->flip_record_bit(p); }
bool simulated_disk::flip_record_bit() { return state_->flip_record_bit(); }
std::size_t simulated_disk::lose_synced(std::size_t batches) { return state_->lose_synced(batches); }
bool simulated_disk::lose_acknowledged() { return state_->lose_acknowledged(); }
void simulated_disk::repair() { state_->tables.repair(); }
bool simulated_disk::damaged() const { return state_->tables.damaged(); }

const std::map<std::string, std::uint64_t>& simulated_disk::injected() const noexcept { return state_->injected; }

} // namespace parley::simulation
