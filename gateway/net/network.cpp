#include "gateway/net/network.hpp"

#include "events/assertion.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/net_loop.hpp"

namespace parley::gateway {

struct network::state {
  std::shared_ptr<net_shared> shared;
  std::vector<std::shared_ptr<net_loop>> loops;
  std::unique_ptr<listener> door;

  template <class Task>
  void on_each(const Task& task) {
    for (const auto& one : loops) one->loop().dispatch([one, task] { task(*one); });
  }
};

network::network(std::vector<io_loop*> loops, net_limits limits, network_wiring wiring)
  : state_{std::make_unique<state>()} {
  PARLEY_ASSERT(!loops.empty() && wiring.handle && wiring.is_websocket && wiring.upgrade && wiring.error_response);
  state_->shared = std::make_shared<net_shared>(limits, std::move(wiring));
  for (auto* loop : loops) {
    state_->loops.push_back(std::make_shared<net_loop>(*loop, state_->shared));
    state_->shared->loops.push_back(state_->loops.back());
  }
  state_->door = std::make_unique<listener>(state_->loops, state_->shared);
  for (const auto& one : state_->loops) one->start();
}

network::~network() {
  state_->shared->over = true;
  state_->door->stop();
  for (const auto& one : state_->loops) one->drop_all();
}

result<void> network::listen(const std::string& host, std::uint16_t port) { return state_->door->open(host, port); }

result<void> network::listen_local(const std::string& path) { return state_->door->open_local(path); }

std::uint16_t network::port() const noexcept { return state_->door->port(); }

bool network::flush(std::size_t loop_index) { return state_->loops[loop_index]->out().flush(); }

std::shared_ptr<void> network::admit(const std::string& address) {
  auto ticket = state_->shared->door.admit(address);
  if (!ticket || state_->shared->draining) return nullptr;
  return std::make_shared<admission::ticket>(std::move(*ticket));
}

void network::stop_accepting() {
  state_->loops.front()->loop().dispatch([door = state_->door.get()] { door->stop(); });
}

void network::close_all(close_code code, std::string reason) {
  state_->shared->draining = true;
  state_->on_each([code, reason = std::move(reason)](net_loop& one) { one.shut_down_all(code, reason); });
}

void network::when_all_gone(std::function<void()> gone) {
  const auto left = std::make_shared<std::atomic<std::size_t>>(state_->loops.size());
  state_->on_each([left, gone = std::move(gone)](net_loop& one) {
    one.when_empty([left, gone] {
      if (--*left == 0) gone();
    });
  });
}

void network::abort_all() {
  state_->on_each([](net_loop& one) { one.abort_all(); });
}

network::counters network::count() const noexcept {
  const auto& c = state_->shared->count;
  return {state_->shared->connections,
          c.accepted,
          c.refused,
          c.requests,
          c.websockets,
          c.messages,
          c.rate_limited,
          c.malformed,
          c.cut};
}

} // namespace parley::gateway
