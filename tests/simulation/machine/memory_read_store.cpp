#include "tests/simulation/machine/memory_read_store.hpp"

#include "events/assertion.hpp"

namespace parley::simulation {

std::string_view text_of(store_fault f) noexcept {
  switch (f) {
  case store_fault::open_fails: return "open fails";
  case store_fault::begin_fails: return "begin fails";
  case store_fault::apply_fails: return "apply fails";
  case store_fault::commit_not_taken: return "commit not taken";
  case store_fault::commit_taken: return "commit taken";
  case store_fault::connection_lost: return "connection lost";
  }
  return "unknown";
}

bool memory_read_store::happens(store_fault f) {
  const bool injected = injected_[index(f)] != 0;
  if (injected) --injected_[index(f)];
  const bool drawn = odds_[index(f)] != 0 && random_.below(1000) < odds_[index(f)];
  if (!injected && !drawn) return false;
  ++counts_[index(f)];
  return true;
}

tl::unexpected<error> memory_read_store::lose(store_fault why) {
  connected_ = false;
  transaction_.reset();
  return fail(errc::unavailable, std::string{text_of(why)} + " (injected)");
}

result<void> memory_read_store::check_connection() {
  if (interrupted_) {
    connected_ = false;
    transaction_.reset();
    return fail(errc::unavailable, "interrupted");
  }
  if (!connected_) return fail(errc::unavailable, "not connected");
  if (happens(store_fault::connection_lost)) return lose(store_fault::connection_lost);
  return {};
}

result<void> memory_read_store::open() {
  transaction_.reset();
  connected_ = true; // as far as it goes
  if (auto there = check_connection(); !there) return there;
  if (happens(store_fault::open_fails)) return lose(store_fault::open_fails);
  return {};
}

result<position> memory_read_store::begin() {
  if (auto there = check_connection(); !there) return tl::make_unexpected(there.error());
  PARLEY_ASSERT(!transaction_);
  if (happens(store_fault::begin_fails)) return lose(store_fault::begin_fails);
  transaction_ = transaction{database_.checkpoint};
  return transaction_->from;
}

result<void> memory_read_store::apply(const change_set& changes) {
  if (auto there = check_connection(); !there) return there;
  PARLEY_ASSERT(transaction_);
  PARLEY_ASSERT(changes.from == transaction_->reached());
  if (happens(store_fault::apply_fails)) return lose(store_fault::apply_fails);
  transaction_->queued.push_back(changes);
  return {};
}

result<void> memory_read_store::commit(position to) {
  if (auto there = check_connection(); !there) return there;
  PARLEY_ASSERT(transaction_);
  PARLEY_ASSERT(to == transaction_->reached());
  PARLEY_ASSERT(database_.checkpoint == transaction_->from); // transactions follow one another
  if (happens(store_fault::commit_not_taken)) return lose(store_fault::commit_not_taken);
  const auto ended = *std::exchange(transaction_, std::nullopt);
  if (refused_ && std::any_of(ended.queued.begin(), ended.queued.end(), refused_)) {
    connected_ = false;
    return fail(errc::invalid, "refused (injected)");
  }
  for (const auto& changes : ended.queued) database_.write(changes);
  if (happens(store_fault::commit_taken)) return lose(store_fault::commit_taken);
  return {};
}

void memory_read_store::rollback() noexcept {
  if (connected_ && happens(store_fault::connection_lost)) connected_ = false;
  transaction_.reset();
}

} // namespace parley::simulation
