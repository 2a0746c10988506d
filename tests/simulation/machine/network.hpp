#pragma once
// The network between simulated clients and the simulated server: connections that delay, that take only so much, that
// break with frames on their way in both directions, and readers that stop reading. Order within a connection holds, as
// TCP's does; connections overtake each other.
//
// A wire stands for what is below the gateway's `connection`: socket, Beast, deadlines. One thread.

#include "gateway/bridge/session_link.hpp"
#include "gateway/protocol/native_codec.hpp"
#include "tests/simulation/machine/agenda.hpp"
#include "tests/simulation/machine/chance.hpp"

#include <deque>
#include <map>

namespace parley::simulation {

/// What a server offers to the network while it runs.
class host {
public:
  virtual ~host() = default;
  [[nodiscard]] virtual std::size_t loops() const = 0;
  /// On the loop's behalf: what is called there is on the loop.
  virtual void on_loop(std::size_t loop, const std::function<void()>& task) = 0;
  [[nodiscard]] virtual std::shared_ptr<gateway::session_link>
  open(std::size_t loop, std::shared_ptr<gateway::connection> c, gateway::hello h) = 0;
  [[nodiscard]] virtual const gateway::native_codec& framing(bool aliases) const = 0;
};

/// The client's end of a wire.
class peer {
public:
  virtual ~peer() = default;
  /// One text message.
  virtual void hear(std::string_view text) = 0;
  /// The connection is gone; 1006 when no close frame came (RFC 6455 section 7.4.1).
  virtual void hung_up(std::uint16_t code) = 0;
};

struct network_conditions {
  moment delay_min{200}, delay_max{80'000};
  std::size_t window_bytes = 4096; ///< on their way to a client before its connection blocks
  std::size_t queue_bytes_max = 16 * 1024;
  std::size_t in_flight_max = 32; ///< unanswered messages of one connection
  moment ping_interval{std::chrono::seconds{25}}, pong_timeout{std::chrono::seconds{20}};
};

class wire;

class network {
public:
  network(agenda& time, chance random, network_conditions conditions);
  ~network();

  /// A server takes connections; null: it is gone, at once and without a word, and what it had sent may still arrive.
  void serve(host* server);
  /// Nobody listens: the wire hangs up a moment later.
  [[nodiscard]] std::shared_ptr<wire> connect(peer& client, gateway::hello h);
  /// The end of a turn: what this loop's connections queued leaves.
  bool flush(std::size_t loop);

  /// The largest queue of any connection, in bytes.
  [[nodiscard]] std::size_t longest_queue() const { return longest_queue_; }

private:
  friend class wire;
  agenda& time_;
  chance random_;
  const network_conditions conditions_;
  host* host_ = nullptr;
  std::uint64_t epoch_ = 0; ///< counts servers
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::shared_ptr<wire>> wires_;            // known to the server
  std::map<std::size_t, std::vector<std::shared_ptr<wire>>> dirty_; // by loop
  std::size_t longest_queue_ = 0;
};

class wire final : public gateway::connection, public std::enable_shared_from_this<wire> {
public:
  wire(network& net, peer& client, std::uint64_t id, std::size_t loop, const gateway::native_codec* framing);

  // --- the client's end ---------------------------------------------------------------------------------------------

  void send(std::string text);
  /// Reads nothing more until told so. What came meanwhile is read then.
  void stall(bool on);
  /// Closes with 1000.
  void say_goodbye();
  /// The connection breaks: what is on its way is lost from some point on. The client knows at once, the server after
  /// `unnoticed`.
  void cut(moment unnoticed);
  /// The client is no more: nothing is told to it.
  void abandon() { client_ = nullptr; }

  // --- the server's end: gateway::connection ------------------------------------------------------------------------

  void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) override;
  void greet(std::string_view, std::string_view, std::string_view body) override { push("connected", {}, body); }
  void push(std::string_view name, std::string_view alias, std::string_view body) override;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queue_.size(); }
  [[nodiscard]] bool all_acknowledged() const noexcept override;
  [[nodiscard]] const gateway::codec& framing() const noexcept override { return *framing_; }
  [[nodiscard]] gateway::connection_ref ref() const noexcept override { return {loop_, id_}; }
  void close(gateway::close_code code, std::string_view reason) override;

private:
  friend class network;

  void open(gateway::hello h);
  /// Calls `task` with the link on its loop, while there is one.
  void with_link(const std::function<void(gateway::session_link&)>& task);
  /// The server's end is over.
  void finish(gateway::goodbye how);
  void hang_up(std::uint16_t code);
  bool flush();
  void arrive(std::string bytes);
  void read();
  void take_messages();
  void ping();
  void send_ping();
  void look_after();
  void mark_dirty();
  template <class WriteText>
  void write_text(WriteText text_of);
  /// When something sent now arrives, never before what was sent earlier.
  [[nodiscard]] moment arrival(moment& last);

  network& net_;
  peer* client_;
  const std::uint64_t id_;
  const std::size_t loop_;
  const gateway::native_codec* const framing_; ///< of the server's; null: there was none
  std::shared_ptr<gateway::session_link> link_;
  bool opened_ = false;
  bool finished_ = false; ///< the server's end
  bool broken_ = false;   ///< nothing passes any more
  bool hung_up_ = false;  ///< the client's end

  // client to server
  std::deque<std::string> incoming_; ///< arrived, and not taken for want of credits
  moment last_up_{0};
  std::size_t in_flight_ = 0;
  bool taking_ = false;

  // server to client
  std::string queue_;          ///< not taken by the kernel
  std::size_t on_the_way_ = 0; ///< taken, and not arrived
  std::uint64_t written_ = 0, arrived_ = 0;
  moment last_down_{0};
  bool dirty_ = false, above_ = false, stalled_ = false, cut_short_ = false;
  std::string unread_;                   ///< arrived, and not read
  std::optional<std::uint16_t> closing_; ///< the server's close frame, behind what is queued
  std::optional<std::uint64_t> ping_;    ///< where in `written_` the outstanding ping stands
  std::uint64_t pings_ = 0;
  moment last_progress_{0}; ///< something arrived, or the ping was sent
};

} // namespace parley::simulation
