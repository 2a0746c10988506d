#pragma once
// A WebSocket of an Engine.IO session: the one that carries it, or one that asks to take over from polling. Internal to
// the session.

#include "gateway/framing/engineio_session.hpp"

namespace parley::gateway::engineio {

class session::websocket final : public line_user {
public:
  enum class role { carrier, probe, done };

  websocket(std::shared_ptr<session> of, role as)
    : session_{std::move(of)}
    , role_{as} {}

  void say(std::string_view packet) { line_->send(packet, false); }
  /// The session wants nothing of it any more.
  void hang_up();

  void opened(std::shared_ptr<line> on) override;
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override;
  [[nodiscard]] std::size_t message_bytes_max() const noexcept override { return session_->limits_.payload_bytes_max; }
  [[nodiscard]] bool takes_ping() override;
  void drained() override;
  void pinged() override;
  void ponged() override;
  void closed(goodbye how, std::uint16_t code) override;
  void dropped() noexcept override;

private:
  void take_probe(const packet& p);
  [[nodiscard]] rider* riding() const noexcept { return role_ == role::carrier ? session_->rider_.get() : nullptr; }

  const std::shared_ptr<session> session_;
  role role_;
  std::shared_ptr<line> line_;
  bool may_switch_ = false;
};

} // namespace parley::gateway::engineio
