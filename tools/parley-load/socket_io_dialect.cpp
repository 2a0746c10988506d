// Socket.IO v5 in Engine.IO v4 over WebSocket alone, as peer/server.mjs speaks it.

#include "tools/parley-load/dialect.hpp"

namespace parley::load {
namespace {

class socket_io_dialect final : public dialect {
public:
  std::string_view name() const override { return "socket.io"; }
  std::string_view target() const override { return "/socket.io/?EIO=4&transport=websocket"; }
  std::string_view subprotocol() const override { return {}; }
  std::string_view delivery_prefix() const override { return R"(42["msg",)"; }
  std::string_view greeting_answer() const override { return "40"; }
  std::string_view heartbeat_answer() const override { return "3"; }

  incoming classify(std::string_view frame) const override {
    if (frame.starts_with(delivery_prefix())) return incoming::delivery;
    if (frame == "2") return incoming::heartbeat;
    if (frame.starts_with("0{")) return incoming::greeting;
    if (frame.starts_with("40")) return incoming::admitted;
    if (frame.starts_with("431[")) return incoming::joined;
    if (frame.starts_with("43")) return incoming::ack;
    if (frame.starts_with("44") || frame.starts_with("41")) return incoming::refusal;
    return incoming::other;
  }

  std::string join(std::string_view room, std::string_view) const override {
    return std::string{R"(421["join",")"}.append(room).append(R"("])");
  }

  std::string message(std::string_view room, std::string_view text, bool acknowledged) const override {
    std::string out{acknowledged ? R"(422["msg",{"roomId":")" : R"(42["msg",{"roomId":")"};
    return out.append(room).append(R"(","text":")").append(text).append(R"("}])");
  }
};

} // namespace

std::unique_ptr<dialect> make_socket_io_dialect() { return std::make_unique<socket_io_dialect>(); }

} // namespace parley::load
