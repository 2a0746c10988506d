// Parley's own protocol: one JSON object a text frame (schema/asyncapi). Frames are told apart by their bytes:
// parsing JSON for each delivery would cost more than serving it.

#include "tools/parley-load/dialect.hpp"
#include "tools/parley-load/stamp.hpp"

namespace parley::load {
namespace {

class native_dialect final : public dialect {
public:
  std::string_view name() const override { return "native"; }
  std::string_view target() const override { return "/ws?aliases=none"; }
  std::string_view subprotocol() const override { return "parley.v1"; }
  std::string_view delivery_prefix() const override { return R"({"event":"message-received",)"; }
  std::string_view greeting_answer() const override { return {}; }
  std::string_view heartbeat_answer() const override { return {}; }

  incoming classify(std::string_view frame) const override {
    if (frame.starts_with(delivery_prefix())) return incoming::delivery;
    // An answer has "ack" at its top level only; a push's body never has one.
    if (auto const ack = frame.find(R"("ack":)"); ack != std::string_view::npos && !frame.starts_with(R"({"event":)")) {
      if (frame.starts_with(R"({"error":)") || frame.find(R"(,"error":)") != std::string_view::npos)
        return incoming::refusal;
      auto const number = frame.substr(ack + 6, 2);
      return number == "1," || number == "1}" ? incoming::joined : incoming::ack;
    }
    auto const is = [&](std::string_view event) { return frame.find(event) != std::string_view::npos; };
    if (is(R"("event":"connected")")) return incoming::greeting;
    if (is(R"("event":"exception")")) return incoming::refusal;
    if (is(R"("event":"message-received")") && is(stamp::mark)) return incoming::delivery;
    return incoming::other;
  }

  std::string join(std::string_view room, std::string_view name) const override {
    std::string out{R"({"event":"join-room","data":{"roomId":")"};
    return out.append(room).append(R"(","name":")").append(name).append(R"("},"ack":1})");
  }

  std::string message(std::string_view room, std::string_view text, bool acknowledged) const override {
    std::string out{R"({"event":"send-message","data":{"roomId":")"};
    out.append(room).append(R"(","text":")").append(text).append(R"("})");
    // Every message may use the same number: answers are counted, not matched.
    return out.append(acknowledged ? R"(,"ack":2})" : "}");
  }
};

} // namespace

std::unique_ptr<dialect> make_native_dialect() { return std::make_unique<native_dialect>(); }

} // namespace parley::load
