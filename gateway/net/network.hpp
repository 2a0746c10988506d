#pragma once
// The network as the composition sees it: listens, serves HTTP and WebSockets on the given loops, and ends in order.
//
//   network net{loops, limits, wiring};
//   loops[i]->at_turn_end([&] { return net.flush(i); });    after the hub's hook
//   net.listen(host, port);                                 before the loops run
//   ...
//   net.stop_accepting();
//   net.close_all(close_code::come_back, "server is restarting: reconnect and resume");
//   net.when_all_gone([] { ... });                          and after a while: net.abort_all()
//
// Threads: everything may be called from any thread, but `flush`, which belongs to the loop's, and `listen`, the
// constructor and the destructor, which want the loops at rest. The loops outlive the network.

#include "events/errors.hpp"
#include "gateway/bridge/io_loop.hpp"
#include "gateway/net/net_limits.hpp"
#include "gateway/net/wiring.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::gateway {

class network {
public:
  struct counters {
    std::size_t connections = 0;                   ///< open now, of both kinds
    std::uint64_t accepted = 0, refused = 0;       ///< connections; refused: over a limit
    std::uint64_t requests = 0, websockets = 0;    ///< ever
    std::uint64_t messages = 0;                    ///< WebSocket messages that came in
    std::uint64_t rate_limited = 0, malformed = 0; ///< requests and messages
    std::uint64_t cut = 0;                         ///< connections ended by a deadline or a bound
  };

  network(std::vector<io_loop*> loops, net_limits limits, network_wiring wiring);
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// See listener::open. Once, this or the other.
  [[nodiscard]] result<void> listen(const std::string& host, std::uint16_t port);
  /// See listener::open_local.
  [[nodiscard]] result<void> listen_local(const std::string& path);
  /// The port that is listened on.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Sends what the loop's connections have queued: the last of its turn-end hooks.
  bool flush(std::size_t loop_index);

  /// Counts a client that has no connection of its own as one, for as long as the ticket lives; null: too many.
  [[nodiscard]] std::shared_ptr<void> admit(const std::string& address);

  void stop_accepting();
  /// WebSockets get a close frame, HTTP connections end after their current request, new ones at once.
  void close_all(close_code code, std::string reason);
  /// Calls `gone` once, on one of the loops, when no connection is left. To be asked for after close_all.
  void when_all_gone(std::function<void()> gone);
  /// Cuts whoever is left.
  void abort_all();

  [[nodiscard]] counters count() const noexcept;

private:
  struct state;
  const std::unique_ptr<state> state_;
};

} // namespace parley::gateway
