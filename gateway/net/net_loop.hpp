#pragma once
// One loop's share of the network: its connections, their deadlines and what they have to send. Deadlines are coarse: a
// timer visits a sixteenth of the connections at a time and each of them once in `sweep_interval`, so that a connection
// carries no timer of its own and pings spread over the interval.
//
// Used on its loop, but for the constructor, `start` and the destructor. Connections share its ownership.

#include "gateway/bridge/io_loop.hpp"
#include "gateway/net/admission.hpp"
#include "gateway/net/net_limits.hpp"
#include "gateway/net/outbox.hpp"
#include "gateway/net/rate_limiter.hpp"
#include "gateway/net/wiring.hpp"

#include <array>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

namespace parley::gateway {

/// One connection of any kind, as its loop sees it.
class live_connection {
public:
  using time = std::chrono::steady_clock::time_point;

  virtual ~live_connection() = default;
  /// Looks at its deadlines.
  virtual void sweep(time now) = 0;
  /// Ends in order: an HTTP connection after its current request, a WebSocket with a close frame.
  virtual void shut_down(close_code code, std::string_view reason) = 0;
  /// Ends at once; who must know is told.
  virtual void abort() = 0;
  /// Lets go of the socket and of everything outside, telling nobody: the loop runs no more.
  virtual void drop() noexcept = 0;
};

class net_loop;

/// What all loops share.
struct net_shared {
  net_shared(net_limits bounds, network_wiring wires)
    : limits{bounds}
    , wiring{std::move(wires)}
    , door{limits}
    , requests{limits.requests_per_address, limits.addresses_max} {}

  const net_limits limits;
  const network_wiring wiring;
  admission door;
  rate_limiter requests;
  std::atomic<std::uint64_t> next_id = 1;
  std::atomic<std::size_t> connections = 0;   ///< open, of all loops
  std::atomic<bool> draining = false;         ///< no connection outlives what it is doing
  std::atomic<bool> over = false;             ///< the network is being destroyed
  std::vector<std::weak_ptr<net_loop>> loops; ///< by index; complete before any of them runs

  struct totals {
    std::atomic<std::uint64_t> accepted = 0, refused = 0, requests = 0, websockets = 0, messages = 0, rate_limited = 0,
                               malformed = 0, cut = 0; ///< cut: by a deadline or a bound
  } count;                                             ///< messages: whole ones that WebSockets brought
};

class net_loop {
public:
  static constexpr std::size_t read_bytes_max = 16 * 1024;

  net_loop(io_loop& loop, std::shared_ptr<net_shared> shared);
  ~net_loop();

  /// Starts the sweep; before the loop runs, or on it.
  void start();

  [[nodiscard]] io_loop& loop() noexcept { return loop_; }
  [[nodiscard]] net_shared& shared() noexcept { return *shared_; }
  [[nodiscard]] const net_limits& limits() const noexcept { return shared_->limits; }
  [[nodiscard]] const network_wiring& wiring() const noexcept { return shared_->wiring; }
  [[nodiscard]] outbox& out() noexcept { return outbox_; }
  /// Where connections read to: nobody keeps anything there.
  [[nodiscard]] std::array<char, read_bytes_max>& read_space() noexcept { return read_space_; }

  /// Returns the connection's id, unique in the process.
  std::uint64_t add(std::shared_ptr<live_connection> c);
  void remove(std::uint64_t id);
  /// Another connection takes over the id and its place: an upgrade.
  void replace(std::uint64_t id, std::shared_ptr<live_connection> c);
  /// Another connection takes over an id that a connection of another loop gave up.
  void adopt(std::uint64_t id, std::shared_ptr<live_connection> c);

  void shut_down_all(close_code code, const std::string& reason);
  void abort_all();
  /// Once the loop runs no more.
  void drop_all() noexcept;
  /// `gone` is called, once, as soon as this loop has no connection.
  void when_empty(std::function<void()> gone);

private:
  static constexpr std::size_t slots = 16;
  using slot = std::unordered_map<std::uint64_t, std::shared_ptr<live_connection>>;

  void schedule_sweep();
  [[nodiscard]] std::vector<std::shared_ptr<live_connection>> all() const;

  io_loop& loop_;
  const std::shared_ptr<net_shared> shared_;
  outbox outbox_;
  std::array<slot, slots> connections_;
  std::size_t size_ = 0, next_slot_ = 0;
  std::function<void()> when_empty_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  std::array<char, read_bytes_max> read_space_;
};

} // namespace parley::gateway
