#pragma once
// A network with an echoing session behind it, on loops of its own. What the sessions saw is told by `seen`.
//
// Events of the session: `echo` answers its argument; `hold` is not answered before `release` (which answers all held);
// `blast` {frames, bytes} queues so many shared frames of so many bytes; `bye` {code} closes.

#include "gateway/framing/native_connection.hpp"
#include "gateway/net/network.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace parley::gateway::test {

struct sightings {
  std::size_t opened = 0, received = 0, drained = 0, pinged = 0, ponged = 0, queued_max = 0;
  std::vector<goodbye> closed;
  std::vector<hello> greetings;
};

class echo_server {
public:
  /// With a `path` it listens on a socket there, else on a free TCP port.
  explicit echo_server(net_limits limits = {}, std::size_t loops = 1, address_ranges trusted_proxies = {},
                       const std::string& path = {});
  ~echo_server();

  [[nodiscard]] std::uint16_t port() const { return net_->port(); }
  [[nodiscard]] network& net() { return *net_; }
  [[nodiscard]] io_loop& loop(std::size_t i = 0) { return *loops_[i]; }
  [[nodiscard]] const intake_totals& totals() const { return totals_; }
  [[nodiscard]] std::size_t calls() const { return calls_; } ///< of the HTTP handler
  [[nodiscard]] sightings seen() const;
  /// Waits, at most ten seconds, until the sightings fit. True when they do.
  bool wait_until(const std::function<bool(const sightings&)>& fits) const;
  /// Waits, at most ten seconds, for something that nobody announces.
  static bool eventually(const std::function<bool()>& holds);
  void change(const std::function<void(sightings&)>& how);
  /// Answers the requests to /held.
  void release_held();

private:
  class opener;

  void handle(http_request request, respond answer);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  sightings seen_;
  std::atomic<std::size_t> calls_ = 0;
  std::vector<respond> held_;
  net_limits limits_;
  intake_totals totals_;
  native_codec with_, without_;
  std::vector<std::unique_ptr<io_loop>> loops_;
  std::vector<std::unique_ptr<opener>> openers_;
  std::vector<std::unique_ptr<native_framing>> framings_;
  std::unique_ptr<network> net_;
  std::vector<std::thread> threads_;
};

/// Limits whose deadlines pass quickly.
[[nodiscard]] net_limits hasty();

} // namespace parley::gateway::test
