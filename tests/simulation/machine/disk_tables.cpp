#include "tests/simulation/machine/disk_tables.hpp"

#include "events/assertion.hpp"
#include "events/log/keys.hpp"

#include <algorithm>

namespace parley::simulation {

/// Makes the changes and answers those that take them back.
changes disk_tables::apply(changes batch) {
  for (auto& [in, key, value] : batch) {
    auto& all = tables_[static_cast<std::size_t>(in)];
    if (value) {
      if (const auto [at, fresh] = all.try_emplace(key, std::move(*value)); fresh)
        value.reset();
      else
        std::swap(at->second, *value); // not moved from: the entry was there
    } else if (const auto at = all.find(key); at != all.end()) {
      value = std::move(at->second);
      all.erase(at);
    }
  }
  // A batch may change an entry twice, so the later change is taken back first.
  std::reverse(batch.begin(), batch.end());
  ++generation_;
  return batch;
}

void disk_tables::commit(changes batch) {
  lost_.clear();
  ahead_.push_back({apply(std::move(batch))});
  if (ahead_.size() >= batches_max_) flush();
}

void disk_tables::flush() { ahead_.clear(); }

void disk_tables::drop_expired(time_point now) {
  flush();
  std::erase_if(tables_[static_cast<std::size_t>(table::commands)],
                [&](const auto& entry) { return keys::time_at(entry.second) <= now; });
  ++generation_;
}

bool disk_tables::checks() const {
  return std::all_of(ahead_.begin(), ahead_.end(), [](const batch_ahead& b) { return b.checks; });
}

position disk_tables::flushed_records() const {
  const auto& records = of(table::log);
  if (records.empty()) return 0;
  for (const auto& batch : ahead_)
    // Undone last first, so the last of them is the batch's first record.
    for (auto c = batch.undo.rbegin(); c != batch.undo.rend(); ++c)
      if (c->in == table::log) return keys::number_at(c->key).value_or(1) - 1;
  return keys::number_at(records.rbegin()->first).value_or(0);
}

void disk_tables::toggle(const flip& f) {
  auto& records = tables_[static_cast<std::size_t>(table::log)];
  const auto found = records.find(keys::number(f.at));
  PARLEY_ASSERT(found != records.end() && found->second.size() > keys::digest_bytes);
  const auto bits = 8 * (found->second.size() - keys::digest_bytes);
  const auto at = f.bit % bits;
  auto& byte = found->second[keys::digest_bytes + at / 8];
  byte = static_cast<char>(byte ^ (1 << (at % 8)));
  ++generation_;
}

void disk_tables::flip_record(position p, std::size_t bit) {
  PARLEY_ASSERT(p >= 1 && p <= flushed_records());
  toggle(flips_.emplace_back(flip{p, bit}));
}

std::size_t disk_tables::batches_back_to_before(position head) const {
  if (head == 0) return 0;
  for (std::size_t back = 1; back <= ahead_.size(); ++back)
    for (const auto& c : ahead_[ahead_.size() - back].undo)
      if (c.in == table::meta && c.key == keys::head && (!c.value || keys::number_at(*c.value).value_or(0) < head))
        return back;
  return 0;
}

void disk_tables::lose_last() {
  PARLEY_ASSERT(!ahead_.empty());
  lost_.push_back(apply(std::move(ahead_.back().undo)));
  ahead_.pop_back();
}

void disk_tables::repair() {
  for (; !flips_.empty(); flips_.pop_back()) toggle(flips_.back());
  for (auto& batch : ahead_) batch.checks = true;
  auto again = std::exchange(lost_, {});
  std::for_each(again.rbegin(), again.rend(), [this](changes& batch) { commit(std::move(batch)); });
}

bool disk_tables::damaged() const { return !lost_.empty() || !flips_.empty() || !checks(); }

} // namespace parley::simulation
