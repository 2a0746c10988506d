#include "gateway/net/net_loop.hpp"

namespace parley::gateway {

net_loop::net_loop(io_loop& loop, std::shared_ptr<net_shared> shared)
  : loop_{loop}
  , shared_{std::move(shared)}
  , timer_{loop.context()} {}

net_loop::~net_loop() = default;

void net_loop::start() { schedule_sweep(); }

void net_loop::schedule_sweep() {
  timer_.expires_after(std::chrono::duration_cast<std::chrono::microseconds>(limits().sweep_interval) / slots);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<live_connection>> due;
    due.reserve(connections_[next_slot_].size());
    for (const auto& [id, c] : connections_[next_slot_]) due.push_back(c);
    next_slot_ = (next_slot_ + 1) % slots;
    for (const auto& c : due) c->sweep(now);
    schedule_sweep();
  });
}

std::uint64_t net_loop::add(std::shared_ptr<live_connection> c) {
  const auto id = shared_->next_id.fetch_add(1, std::memory_order_relaxed);
  connections_[id % slots].emplace(id, std::move(c));
  ++size_;
  ++shared_->connections;
  return id;
}

void net_loop::replace(std::uint64_t id, std::shared_ptr<live_connection> c) {
  connections_[id % slots].insert_or_assign(id, std::move(c));
}

void net_loop::adopt(std::uint64_t id, std::shared_ptr<live_connection> c) {
  connections_[id % slots].emplace(id, std::move(c));
  ++size_;
  ++shared_->connections;
}

void net_loop::remove(std::uint64_t id) {
  if (connections_[id % slots].erase(id) == 0) return;
  --size_;
  --shared_->connections;
  if (size_ == 0 && when_empty_) std::exchange(when_empty_, nullptr)();
}

std::vector<std::shared_ptr<live_connection>> net_loop::all() const {
  std::vector<std::shared_ptr<live_connection>> found;
  found.reserve(size_);
  for (const auto& s : connections_)
    for (const auto& [id, c] : s) found.push_back(c);
  return found;
}

void net_loop::shut_down_all(close_code code, const std::string& reason) {
  for (const auto& c : all()) c->shut_down(code, reason);
}

void net_loop::abort_all() {
  for (const auto& c : all()) c->abort();
}

void net_loop::drop_all() noexcept {
  boost::system::error_code ignored;
  timer_.cancel(ignored);
  when_empty_ = nullptr;
  outbox_.clear();
  for (auto& s : connections_) {
    for (const auto& [id, c] : s) c->drop();
    s.clear();
  }
  size_ = 0;
}

void net_loop::when_empty(std::function<void()> gone) {
  if (size_ == 0)
    gone();
  else
    when_empty_ = std::move(gone);
}

} // namespace parley::gateway
