#include "gateway/framing/engineio_session.hpp"

#include "events/json_writer.hpp"
#include "gateway/framing/engineio_websocket.hpp"

namespace parley::gateway::engineio {
namespace {

constexpr std::size_t burst_queues = 8; // times queue_bytes_max: the session is cut

} // namespace

session::session(io_loop& loop, const limits& bounds, keeper& kept_by, std::string sid, std::shared_ptr<rider> on_it)
  : loop_{loop}
  , limits_{bounds}
  , keeper_{kept_by}
  , sid_{std::move(sid)}
  , rider_{std::move(on_it)} {}

session::~session() = default;

std::string session::handshake(bool may_upgrade) const {
  std::string text;
  json_writer out{text};
  out.begin_object().field("sid", sid_).key("upgrades").begin_array();
  if (may_upgrade) out.value("websocket");
  out.end_array().field("pingInterval", limits_.ping_interval.count());
  out.field("pingTimeout", limits_.ping_timeout.count()).field("maxPayload", limits_.payload_bytes_max).end_object();
  return text;
}

void session::begin() {
  phase_ = phase::open;
  keeper_.keep(shared_from_this());
  await_ping();
  rider_->opened(shared_from_this());
}

std::string session::open_polling() {
  begin();
  std::string payload;
  append_packet(payload, packet_type::open, handshake(true));
  return payload;
}

void session::take(const packet& p) {
  if (phase_ != phase::open) return; // it was told to go
  const auto rider = rider_;         // may end us
  switch (p.type) {
  case packet_type::message: return rider->received(p.data, p.binary);
  case packet_type::pong: return await_ping();
  case packet_type::close: return end(goodbye::clean, "6");
  case packet_type::ping: return end(goodbye::lost); // it is the server that pings
  case packet_type::open:
  case packet_type::upgrade:
  case packet_type::noop: return;
  }
}

void session::put(packet_type type, std::string_view data) {
  std::string text;
  append_packet(text, type, data);
  if (line_) return line_->send(text, false);
  append_message(waiting_, engineio_transport::polling, text);
  flush_later();
}

void session::send(std::string_view message, bool binary) {
  if (!binary) return put(packet_type::message, message);
  if (line_ && !base64_only_) return line_->send(message, true);
  if (line_) {
    std::string text;
    append_binary_message(text, message);
    return line_->send(text, false);
  }
  append_binary_message(waiting_, message);
  waiting_.push_back(separator);
  flush_later();
}

void session::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (line_) return line_->write(std::move(blob), offset, size);
  waiting_.append(*blob, offset, size);
  flush_later();
}

bool session::all_acknowledged() const noexcept {
  return line_ ? line_->all_acknowledged() : waiting_.empty() && !unconfirmed_;
}

void session::read_on() {
  if (line_) line_->read_on();
}

void session::close(close_code code, std::string_view reason) {
  if (phase_ != phase::open) return;
  if (line_) return line_->close(code, reason);
  phase_ = phase::closing;
  if (auto* const probe = std::exchange(probe_, nullptr)) probe->hang_up();
  append_message(waiting_, engineio_transport::polling, "1");
  if (held_) return end(goodbye::lost, take_waiting());
  heartbeat_ = loop_.after(limits_.ping_timeout, [this] {
    const auto self = shared_from_this();
    end(goodbye::lost);
  });
}

void session::end(goodbye how, std::string_view held) {
  if (phase_ == phase::over) return;
  const auto self = shared_from_this();
  phase_ = phase::over;
  heartbeat_ = nullptr;
  upgrade_deadline_ = nullptr;
  if (held_) std::exchange(held_, nullptr)({reply::kind::payload, std::string{held}});
  // The rider may ask what has arrived, so it is told while the line is still there.
  if (const auto rider = std::exchange(rider_, nullptr)) rider->closed(how);
  if (auto* const probe = std::exchange(probe_, nullptr)) probe->hang_up();
  if (const auto line = std::exchange(line_, nullptr))
    line->close(how == goodbye::clean ? close_code::normal : close_code::protocol_error, "");
  keeper_.release(sid_);
}

void session::drop() noexcept {
  phase_ = phase::over;
  heartbeat_ = nullptr;
  upgrade_deadline_ = nullptr;
  held_ = nullptr;
  probe_ = nullptr;
  line_ = nullptr;
  if (const auto rider = std::exchange(rider_, nullptr)) rider->dropped();
}

// --- heartbeat: the server pings, and the next ping is an interval after the pong ------------------------------------

void session::await_ping() {
  heartbeat_ = loop_.after(limits_.ping_interval, [this] {
    put(packet_type::ping);
    await_pong();
  });
}

void session::await_pong() {
  heartbeat_ = loop_.after(limits_.ping_timeout, [this] {
    const auto self = shared_from_this();
    end(goodbye::lost);
  });
}

// --- polling ------------------------------------------------------------------------------------------------------

std::uint64_t session::poll(answer_poll done) {
  if (line_) return done({reply::kind::bad_request}), 0;
  if (held_) {
    done({reply::kind::bad_request});
    return end(goodbye::lost), 0;
  }
  confirm_poll();
  if (phase_ == phase::over) return done({reply::kind::bad_request}), 0;
  if (waiting_.empty() && !probed_) {
    held_ = std::move(done);
    return ++poll_;
  }
  std::string payload = waiting_.empty() ? "6" : take_waiting();
  done({reply::kind::payload, std::move(payload)});
  if (phase_ == phase::closing) end(goodbye::lost);
  return 0;
}

void session::give_up(std::uint64_t number) {
  if (number != poll_ || !held_) return;
  held_ = nullptr;
  end(goodbye::lost);
}

void session::post(std::string_view payload, const answer_poll& done) {
  if (line_ || phase_ != phase::open) return done({reply::kind::bad_request});
  const auto self = shared_from_this();
  if (payload.size() > limits_.payload_bytes_max) {
    done({reply::kind::too_large});
    return refuse_post();
  }
  const auto packets = parse_payload(payload, limits_.packets_max);
  if (!packets) {
    done({reply::kind::bad_request});
    return end(goodbye::lost);
  }
  done({reply::kind::taken});
  for (const auto& p : *packets)
    if (phase_ == phase::open) take(p);
}

void session::refuse_post() {
  if (!line_) close(close_code::too_big, "the payload is too large");
}

void session::flush_later() {
  if (waiting_.size() > burst_queues * limits_.queue_bytes_max) {
    // Not from here: the rider is in the middle of something.
    loop_.post([self = shared_from_this()] { self->end(goodbye::lost); });
    return;
  }
  if (!held_ || std::exchange(flush_posted_, true)) return;
  loop_.post([self = shared_from_this()] {
    self->flush_posted_ = false;
    if (self->held_ && !self->waiting_.empty()) self->answer_held(self->take_waiting());
  });
}

std::string session::take_waiting() {
  auto payload = std::exchange(waiting_, {});
  if (!payload.empty()) payload.pop_back(); // no separator behind the last packet
  unconfirmed_ = true;
  const auto rider = rider_;
  if (rider) rider->pinged();
  if (rider && payload.size() > limits_.queue_bytes_max) rider->drained();
  return payload;
}

void session::answer_held(std::string payload) {
  std::exchange(held_, nullptr)({reply::kind::payload, std::move(payload)});
}

/// Whoever polls again has got what the last poll was answered.
void session::confirm_poll() {
  if (const auto rider = rider_; std::exchange(unconfirmed_, false) && rider) rider->ponged();
}

// --- from polling to a WebSocket ------------------------------------------------------------------------------------

std::shared_ptr<line_user> session::first_line(std::shared_ptr<session> of) {
  return std::make_shared<websocket>(std::move(of), websocket::role::carrier);
}

std::shared_ptr<line_user> session::probing_line() {
  return std::make_shared<websocket>(shared_from_this(), websocket::role::probe);
}

bool session::begin_probe(websocket& by) {
  if (phase_ != phase::open || line_ || probe_ != nullptr) return false;
  probe_ = &by;
  upgrade_deadline_ = loop_.after(limits_.upgrade_timeout, [this] {
    probed_ = false;
    if (auto* const late = std::exchange(probe_, nullptr)) late->hang_up();
  });
  return true;
}

void session::answer_probe(websocket& by) {
  by.say("3probe");
  probed_ = true;
  if (held_) answer_held(waiting_.empty() ? "6" : take_waiting());
}

void session::switch_to(std::shared_ptr<line> on) {
  const auto self = shared_from_this();
  probe_ = nullptr;
  probed_ = false;
  upgrade_deadline_ = nullptr;
  if (held_) answer_held("6");
  confirm_poll(); // a client gives up polling once its last poll is answered
  line_ = std::move(on);
  keeper_.carried(sid_);
  const auto waiting = std::exchange(waiting_, {});
  for (std::size_t begin = 0; begin < waiting.size();) {
    const auto end = waiting.find(separator, begin);
    const auto text = std::string_view{waiting}.substr(begin, end - begin);
    if (const auto p = parse_packet(text); p && p->binary && !base64_only_)
      line_->send(p->data, true);
    else
      line_->send(text, false);
    begin = end + 1;
  }
  if (const auto rider = rider_; rider && waiting.size() > limits_.queue_bytes_max) rider->drained();
}

void session::end_probe(const websocket& which) {
  if (probe_ != &which) return;
  probe_ = nullptr;
  probed_ = false;
  upgrade_deadline_ = nullptr;
}

} // namespace parley::gateway::engineio
