#pragma once
// A WebSocket that sends back whatever it gets, text or bytes: for what judges the WebSocket layer alone.

#include "gateway/net/line.hpp"

namespace parley::conformance {

class echo_line final : public gateway::line_user {
public:
  void opened(std::shared_ptr<gateway::line> on) override { line_ = std::move(on); }
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override { return true; }
  [[nodiscard]] std::size_t message_bytes_max() const noexcept override { return 64 * 1024 * 1024; }
  [[nodiscard]] bool takes_ping() override { return true; }
  void drained() override {}
  void pinged() override {}
  void ponged() override {}
  void closed(gateway::goodbye, std::uint16_t) override { line_ = nullptr; }
  void dropped() noexcept override { line_ = nullptr; }

private:
  std::shared_ptr<gateway::line> line_;
};

} // namespace parley::conformance
