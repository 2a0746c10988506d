#pragma once
// One PeerJS client's WebSocket: it opens its id at the broker, and what it sends is passed on in its name
// (schema/protocols.md, "PeerJS"). Lives on its loop; owned by its line.

#include "gateway/framing/intake.hpp"
#include "gateway/framing/peerjs_broker.hpp"
#include "gateway/net/line.hpp"
#include "gateway/protocol/peerjs_message.hpp"

namespace parley::gateway::peerjs {

/// What all peers of one loop share; outlives them.
struct framing {
  io_loop& loop;
  broker& between;
  const net_limits& limits;
  intake_totals& totals;
  std::size_t depth_max = 32;
  std::size_t queue_bytes_max = 1024 * 1024;
  std::chrono::milliseconds heartbeat_timeout{90'000}; ///< of a client's own messages
};

class peer final : public line_user, public reachable, public std::enable_shared_from_this<peer> {
public:
  /// `fault`: why it may not come in, told to the client instead of OPEN; empty: it may.
  peer(const framing& of, broker::claim c, std::string fault);

  // line_user
  void opened(std::shared_ptr<line> on) override;
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override { return true; }
  [[nodiscard]] std::size_t message_bytes_max() const noexcept override { return framing_.limits.frame_bytes_max; }
  [[nodiscard]] bool takes_ping() override;
  void drained() override {}
  void pinged() override {}
  void ponged() override {}
  void closed(goodbye how, std::uint16_t code) override;
  void dropped() noexcept override;

  // reachable
  void hear(std::string_view text) override;
  void replaced() override;

private:
  void await_heartbeat();
  void refuse(std::string_view text, std::string_view reason);

  const framing& framing_;
  const broker::claim claim_;
  const std::string fault_;
  intake intake_;
  std::shared_ptr<line> line_; ///< while connected
  bool is_open_ = false;
  io_loop::timer heartbeat_;
};

} // namespace parley::gateway::peerjs
