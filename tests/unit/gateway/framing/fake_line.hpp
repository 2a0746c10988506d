#pragma once
// A WebSocket without a network: what is sent on it is noted, its client's side is played by the test.

#include "gateway/net/line.hpp"

#include <optional>
#include <vector>

namespace parley::gateway::testing {

class fake_line final : public line {
public:
  void send(std::string_view message, bool binary) override {
    if (!closed) sent.push_back((binary ? "binary:" : "") + std::string{message});
  }
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override {
    if (!closed) frames.append(*blob, offset, size);
  }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued; }
  [[nodiscard]] bool all_acknowledged() const noexcept override { return acknowledged; }
  [[nodiscard]] connection_ref ref() const noexcept override { return {0, 1}; }
  void read_on() override { ++reads; }
  void close(close_code code, std::string_view) override {
    if (!closed) closed = code;
  }

  std::vector<std::string> sent;
  std::string frames;
  std::size_t queued = 0, reads = 0;
  bool acknowledged = true;
  std::optional<close_code> closed;
};

} // namespace parley::gateway::testing
