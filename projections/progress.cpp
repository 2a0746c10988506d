#include "projections/progress.hpp"

namespace parley {

std::string_view text_of(projection_state s) noexcept {
  switch (s) {
  case projection_state::starting: return "starting";
  case projection_state::running: return "running";
  case projection_state::unreachable: return "unreachable";
  case projection_state::stopped: return "stopped";
  case projection_state::ended: return "ended";
  }
  return "unknown";
}

projection_status projection_progress::status() const {
  const std::lock_guard lock{mutex_};
  return {state_, applied(), message_};
}

projection_progress::ticket projection_progress::when_applied(position p, std::function<void()> wake) {
  {
    const std::lock_guard lock{mutex_};
    const auto id = next_ticket_++;
    if (applied() < p) {
      waiters_.emplace(p, waiter{id, std::move(wake)});
      return id;
    }
  }
  wake();
  return 0;
}

void projection_progress::cancel(ticket t) {
  const std::lock_guard lock{mutex_};
  std::erase_if(waiters_, [t](const auto& w) { return w.second.id == t; });
}

void projection_progress::applied(position p) {
  std::vector<std::function<void()>> reached;
  {
    // Under the lock, so that nobody registers between the look at `applied_` and the walk over the waiters.
    const std::lock_guard lock{mutex_};
    applied_.store(p, std::memory_order_release);
    const auto end = waiters_.upper_bound(p);
    for (auto at = waiters_.begin(); at != end; ++at) reached.push_back(std::move(at->second.wake));
    waiters_.erase(waiters_.begin(), end);
  }
  for (const auto& wake : reached) wake();
}

void projection_progress::state(projection_state s, std::string message) {
  const std::lock_guard lock{mutex_};
  state_ = s;
  message_ = std::move(message);
}

} // namespace parley
