#include "tests/conformance/echo_link.hpp"

#include "events/assertion.hpp"

namespace parley::conformance {
namespace {

using nlohmann::json;

class echo_link final : public gateway::session_link {
public:
  explicit echo_link(std::shared_ptr<gateway::socketio::socket> to)
    : to_{std::move(to)} {}

  void receive(gateway::client_message message) override {
    if (message.event == "message-with-ack" && message.ack) return to_->acknowledge(*message.ack, message.args);
    if (message.event == "message") {
      json back = json::array({"message-back"});
      back.insert(back.end(), message.args.begin(), message.args.end());
      to_->emit(back);
    }
    to_->answer(std::nullopt, std::string{"{}"});
  }
  void drained() override {}
  void pinged() override {}
  void ponged() override {}
  void closed(gateway::goodbye) override { to_ = nullptr; }

private:
  std::shared_ptr<gateway::socketio::socket> to_;
};

} // namespace

std::shared_ptr<gateway::session_link> echo_opener::open(std::shared_ptr<gateway::connection> c, gateway::hello h) {
  auto to = std::dynamic_pointer_cast<gateway::socketio::socket>(std::move(c));
  PARLEY_ASSERT(to);
  to->greet("s" + std::to_string(++opened_), {}, "{}");
  to->emit(json::array({"auth", h.auth.is_null() ? json::object() : h.auth}));
  return std::make_shared<echo_link>(std::move(to));
}

} // namespace parley::conformance
