#include "tests/simulation/machine/disk_state.hpp"

#include "events/log/head_lines.hpp"

namespace parley::simulation {

tl::unexpected<error> unavailable(const char* why) {
  return fail(errc::log_unavailable, std::string{why} + " (simulated)", 5);
}

bool disk_state::happens(std::uint32_t weight) {
  constexpr std::size_t parts = 1'000'000;
  return weight != 0 && random_.below(parts) < weight;
}

result<void> disk_state::running(std::uint64_t boot_of_handle) const {
  if (boot_of_handle != boot) return unavailable("the machine has stopped");
  return {};
}

result<void> disk_state::read() {
  if (observers != 0) return {};
  if (failing_reads == 0 && happens(faults.reads_fail))
    failing_reads = 1 + random_.below(std::max(1U, faults.failing_reads_max));
  if (failing_reads == 0) return {};
  --failing_reads;
  count("read failed");
  return unavailable("the log cannot be read");
}

result<void> disk_state::write(changes batch) {
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
  if (!left && happens(faults.sync_fails)) left = std::array{tail::lost, tail::kept, tail::torn}[random_.below(3)];
  if (!left) {
    tables.commit(std::move(batch));
    return {};
  }
  leave(std::move(batch), *left);
  return unavailable("the log cannot be synced");
}

void disk_state::leave(changes batch, tail left) {
  switch (left) {
  case tail::lost: count("sync failed: tail lost"); return;
  case tail::kept:
    count("sync failed: tail kept");
    unsynced_ = {std::move(batch), true};
    return;
  case tail::torn:
    count("sync failed: tail torn");
    batch.resize(random_.below(batch.size()));
    unsynced_ = {std::move(batch), false};
  }
}

result<void> disk_state::replay() {
  if (!tables.checks()) return fail(errc::corrupt, "a batch of the write-ahead log does not match its checksum");
  auto last = std::exchange(unsynced_, std::nullopt);
  if (last && last->whole) tables.commit(std::move(last->written));
  if (last && !last->whole) count("tail dropped");
  return {};
}

result<void> disk_state::write_head(position head, std::size_t line) {
  if (full) return unavailable("HEAD cannot be written: no space left");
  const auto at = line * head_lines::line_bytes;
  last_head_write_ = {head_text, at};
  head_text.resize(std::max(head_text.size(), at + head_lines::line_bytes), '\0');
  head_text.replace(at, head_lines::line_bytes, head_lines::line(head));
  return {};
}

void disk_state::crash() {
  count("crash");
  ++boot;
  claimed = open = false;
  if (happens(faults.head_lost)) lose_head();
  if (happens(faults.head_torn)) tear_head();
  last_head_write_.reset();
  if (happens(faults.wal_bit_flips)) flip_wal_bit();
  if (happens(faults.record_bit_flips)) flip_record_bit();
  if (happens(faults.acknowledged_lost)) lose_acknowledged();
}

bool disk_state::lose_head() {
  if (!last_head_write_) return false;
  head_text = std::exchange(last_head_write_, std::nullopt)->before;
  count("HEAD lost");
  return true;
}

bool disk_state::tear_head() {
  if (!last_head_write_) return false;
  // The line's first bytes are the new ones; behind them the file is as it was, and ends there if it ended there.
  const auto [before, at] = *std::exchange(last_head_write_, std::nullopt);
  const auto reached = at + random_.below(head_lines::line_bytes);
  head_text.resize(reached);
  if (before.size() > reached) head_text += before.substr(reached);
  count("HEAD torn");
  return true;
}

bool disk_state::flip_wal_bit() {
  if (tables.batches() == 0) return false;
  tables.flip_batch(random_.below(tables.batches()));
  count("write-ahead bit flipped");
  return true;
}

bool disk_state::flip_record_bit(position p) {
  if (p == 0 || p > tables.flushed_records()) return false;
  tables.flip_record(p, static_cast<std::size_t>(random_.next() >> 1));
  count("record bit flipped");
  return true;
}

bool disk_state::flip_record_bit() {
  const auto last = tables.flushed_records();
  return last != 0 && flip_record_bit(1 + random_.below(last));
}

std::size_t disk_state::lose_synced(std::size_t batches) {
  const auto lost = std::min(batches, tables.batches());
  if (lost == 0) return 0;
  for (std::size_t i = 0; i < lost; ++i) tables.lose_last();
  unsynced_.reset(); // it stood behind them
  count("synced batches lost");
  return lost;
}

bool disk_state::lose_acknowledged() {
  const auto recorded = head_lines::parse(head_text).value_or(head_lines::found{}).newest.value_or(0);
  return lose_synced(tables.batches_back_to_before(recorded)) != 0;
}

} // namespace parley::simulation
