#pragma once
// An Engine.IO session that sends back whatever it gets, text or bytes.

#include "gateway/framing/engineio_session.hpp"

namespace parley::conformance {

class echo_rider final : public gateway::engineio::rider {
public:
  void opened(std::shared_ptr<gateway::engineio::session> on) override { session_ = std::move(on); }
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override { return true; }
  [[nodiscard]] bool takes_ping() override { return true; }
  void drained() override {}
  void pinged() override {}
  void ponged() override {}
  void closed(gateway::goodbye) override { session_ = nullptr; }
  void dropped() noexcept override { session_ = nullptr; }

private:
  std::shared_ptr<gateway::engineio::session> session_;
};

} // namespace parley::conformance
