// Socket.IO v5 in Engine.IO v4 over WebSocket alone, with two vocabularies: Parley's (schema/protocols.md, "Socket.IO")
// and that of peer/server.mjs.

#include "tools/parley-load/dialect.hpp"

#include <algorithm>

namespace parley::load {
namespace {

class over_socketio : public dialect {
public:
  std::string_view subprotocol() const override { return {}; }
  std::string_view greeting_answer() const override { return "40"; }
  std::string_view heartbeat_answer() const override { return "3"; }

  incoming classify(std::string_view frame) const override {
    if (frame.starts_with(delivery_prefix())) return incoming::delivery;
    if (frame == "2") return incoming::heartbeat;
    if (frame.starts_with("0{")) return incoming::greeting;
    if (frame.starts_with("40")) return incoming::admitted;
    if (frame.starts_with("43")) {
      auto const arguments = frame.substr(std::min(frame.find('['), frame.size()));
      if (arguments.starts_with(R"([{"success":false)")) return incoming::refusal;
      return frame.starts_with("431[") ? incoming::joined : incoming::ack;
    }
    // No namespace (any more), or an event that could not be acknowledged with its refusal.
    if (frame.starts_with("44") || frame.starts_with("41") || frame.starts_with(R"(42["exception")"))
      return incoming::refusal;
    return incoming::other;
  }

protected:
  /// An event whose argument has the members `roomId` and `text`; every message may use the same number for its
  /// acknowledgement: they are counted, not matched.
  static std::string event(std::string_view name, std::string_view room, std::string_view text, bool acknowledged) {
    std::string out{acknowledged ? R"(422[")" : R"(42[")"};
    out.append(name).append(R"(",{"roomId":")").append(room);
    return out.append(R"(","text":")").append(text).append(R"("}])");
  }
};

class socketio_dialect final : public over_socketio {
public:
  std::string_view name() const override { return "socketio"; }
  std::string_view target() const override { return "/socket.io/?EIO=4&transport=websocket&aliases=none"; }
  std::string_view delivery_prefix() const override { return R"(42["message-received",)"; }

  std::string join(std::string_view room, std::string_view name) const override {
    std::string out{R"(421["join-room",{"roomId":")"};
    return out.append(room).append(R"(","name":")").append(name).append(R"("}])");
  }
  std::string message(std::string_view room, std::string_view text, bool acknowledged) const override {
    return event("send-message", room, text, acknowledged);
  }
};

class peer_dialect final : public over_socketio {
public:
  std::string_view name() const override { return "peer"; }
  std::string_view target() const override { return "/socket.io/?EIO=4&transport=websocket"; }
  std::string_view delivery_prefix() const override { return R"(42["msg",)"; }

  std::string join(std::string_view room, std::string_view) const override {
    return std::string{R"(421["join",")"}.append(room).append(R"("])");
  }
  std::string message(std::string_view room, std::string_view text, bool acknowledged) const override {
    return event("msg", room, text, acknowledged);
  }
};

} // namespace

std::unique_ptr<dialect> make_socketio_dialect() { return std::make_unique<socketio_dialect>(); }
std::unique_ptr<dialect> make_peer_dialect() { return std::make_unique<peer_dialect>(); }

} // namespace parley::load
