#include "gateway/framing/engineio_websocket.hpp"

namespace parley::gateway::engineio {
namespace {

constexpr std::uint16_t going_away = 1001; // RFC 6455 section 7.4.1: a browser leaves the page

} // namespace

void session::websocket::hang_up() {
  role_ = role::done;
  if (line_) line_->close(close_code::normal, "");
}

void session::websocket::opened(std::shared_ptr<line> on) {
  line_ = std::move(on);
  if (role_ == role::probe) {
    if (!session_->begin_probe(*this)) hang_up(); // without disturbing the session
    return;
  }
  session_->line_ = line_;
  std::string open;
  append_packet(open, packet_type::open, session_->handshake(false));
  say(open);
  session_->begin();
}

void session::websocket::received(std::string_view message, bool binary) {
  if (role_ == role::done) return;
  auto p = binary ? packet{packet_type::message, std::string{message}, true} : parse_packet(message);
  if (role_ == role::probe) {
    if (p) return take_probe(*p);
    session_->end_probe(*this);
    return hang_up();
  }
  const auto self = session_; // may end us
  if (p)
    self->take(*p);
  else
    self->end(goodbye::lost);
}

void session::websocket::take_probe(const packet& p) {
  if (p.type == packet_type::ping && p.data == "probe" && !may_switch_) {
    may_switch_ = true;
    return session_->answer_probe(*this);
  }
  if (p.type == packet_type::upgrade && may_switch_) {
    role_ = role::carrier;
    return session_->switch_to(line_);
  }
  session_->end_probe(*this);
  hang_up();
}

bool session::websocket::takes_more() const noexcept {
  const auto* rider = riding();
  return role_ == role::probe || (rider != nullptr && rider->takes_more());
}

bool session::websocket::takes_ping() {
  auto* rider = riding();
  return rider != nullptr && rider->takes_ping();
}

void session::websocket::drained() {
  if (auto* rider = riding()) rider->drained();
}
void session::websocket::pinged() {
  if (auto* rider = riding()) rider->pinged();
}
void session::websocket::ponged() {
  if (auto* rider = riding()) rider->ponged();
}

void session::websocket::closed(goodbye, std::uint16_t code) {
  const auto was = std::exchange(role_, role::done);
  line_ = nullptr;
  if (was == role::probe) session_->end_probe(*this);
  // Socket.IO says goodbye in its own words; a close frame without them is a connection lost, but for a page left.
  if (was == role::carrier) session_->end(code == going_away ? goodbye::clean : goodbye::lost);
}

void session::websocket::dropped() noexcept {
  line_ = nullptr;
  if (std::exchange(role_, role::done) == role::carrier) session_->drop();
}

} // namespace parley::gateway::engineio
