#include "actors/group_commit.hpp"

#include <iterator>

namespace parley {
namespace {

/// The first `most` elements, which leave `all`.
template <class T>
std::vector<T> split_off(std::vector<T>& all, std::ptrdiff_t most) {
  const auto end = all.begin() + most;
  std::vector<T> front{std::make_move_iterator(all.begin()), std::make_move_iterator(end)};
  all.erase(all.begin(), end);
  return front;
}

} // namespace

waiting_appends waiting_appends::take(std::size_t most) {
  if (most >= size()) return take_all();
  waiting_appends taken;
  taken.requests_ = split_off(requests_, static_cast<std::ptrdiff_t>(most));
  taken.tickets_ = split_off(tickets_, static_cast<std::ptrdiff_t>(most));
  return taken;
}

void commit_answers::deliver() {
  for (auto& [sink, answers] : std::exchange(messages_, {}))
    caf::anon_send(caf::actor_cast<caf::actor>(sink), std::move(answers));
}

commit_answers group_commit::commit(const waiting_appends& batch) {
  commit_answers all;
  if (!log_.writable()) all.mended = log_.recover();
  std::unordered_map<caf::actor_control_block*, std::size_t> at;
  for (std::size_t from = 0; from < batch.size(); from += batch_max) {
    const std::span part{batch.requests_.data() + from, std::min(batch_max, batch.size() - from)};
    auto outcomes = append(part, all);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto& [sink, ticket] = batch.tickets_[from + i];
      const auto [slot, fresh] = at.try_emplace(sink.get(), all.messages_.size());
      if (fresh) all.messages_.emplace_back(sink, std::make_shared<appended>());
      all.messages_[slot->second].second->answers.push_back({ticket, std::move(outcomes[i])});
    }
  }
  return all;
}

std::vector<result<commit>> group_commit::append(std::span<const append_request> part, commit_answers& all) {
  auto outcomes = log_.append(part);
  commits_.fetch_add(1, std::memory_order_relaxed);
  requests_.fetch_add(part.size(), std::memory_order_relaxed);
  if (!log_.writable()) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    all.failed += part.size();
    if (!outcomes.front()) all.why = outcomes.front().error();
  }
  return outcomes;
}

std::optional<error> group_commit::refuses_writes(std::size_t waiting) const {
  if (!log_.writable()) return error{errc::log_unavailable, "the log refuses writes; see the server's own log", 5};
  if (waiting > queue_max) return error{errc::unavailable, "too much is waiting to be written", 1};
  return std::nullopt;
}

} // namespace parley
