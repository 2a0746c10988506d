#include "gateway/framing/socketio_session.hpp"

#include "events/json_writer.hpp"
#include "gateway/framing/socketio_socket.hpp"

namespace parley::gateway::socketio {
namespace {

intake::time now() { return std::chrono::steady_clock::now(); }

std::string text_member(const nlohmann::json& from, const char* name) {
  if (!from.is_object()) return {};
  const auto at = from.find(name);
  return at != from.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::string event_name(const nlohmann::json& first) {
  return first.is_string() ? first.get<std::string>() : first.dump();
}

} // namespace

session::session(const framing& of, hello handshake, const profile* how)
  : framing_{of}
  , handshake_{std::move(handshake)}
  , how_{how}
  , decoder_{of.depth_max, of.payload_bytes_max}
  , intake_{of.limits, of.totals, now()} {}

session::~session() = default;

void session::opened(std::shared_ptr<engineio::session> on) {
  engine_ = std::move(on);
  connect_deadline_ = framing_.loop.after(framing_.connect_timeout, [this] {
    const auto self = shared_from_this();
    hang_up(close_code::policy, "no namespace was joined in time");
  });
}

void session::hang_up(close_code code, std::string_view reason) {
  if (engine_) engine_->close(code, reason);
}

void session::received(std::string_view message, bool binary) {
  const auto self = shared_from_this();
  const auto verdict = intake_.take(now());
  if (verdict == intake::verdict::close) return hang_up(close_code::slow_down, "too many messages: slow down");
  auto p = decoder_.add(message, binary);
  if (!p) {
    (void)intake_.forgive_malformed();
    return hang_up(close_code::protocol_error, p.error().message);
  }
  if (!*p) return;
  if (verdict == intake::verdict::take || (*p)->type == packet_type::disconnect) return take(std::move(**p));
  // Over the rate: an event is refused in its own words, anything else is not looked at.
  const auto at = sockets_.find((*p)->nsp);
  const bool is_event = (*p)->type == packet_type::event || (*p)->type == packet_type::binary_event;
  if (at == sockets_.end() || !is_event) return;
  intake_.sent();
  at->second->answer((*p)->ack, fail(errc::rate_limited, "too many messages: slow down", intake_.retry_after_s()));
}

void session::take(packet p) {
  if (p.type == packet_type::connect) return connect(std::move(p));
  const auto at = sockets_.find(p.nsp);
  if (at == sockets_.end() || at->second->is_over() || p.type == packet_type::connect_error)
    return hang_up(close_code::protocol_error, "join a namespace before speaking there");
  const auto to = at->second;
  switch (p.type) {
  case packet_type::event:
  case packet_type::binary_event: return event(to, std::move(p));
  case packet_type::disconnect: sockets_.erase(at); return to->end(goodbye::clean);
  default: return; // we ask for no acks, so we know none
  }
}

void session::event(const std::shared_ptr<socket>& to, packet p) {
  intake_.sent();
  if (!framing_.takes_binary && holds_binary(p.data))
    return to->answer(p.ack, fail(errc::malformed, "bytes are not taken here: send JSON"));
  client_message message;
  message.event = event_name(p.data[0]);
  message.ack = p.ack;
  p.data.erase(p.data.begin());
  message.args = std::move(p.data);
  to->hear(std::move(message));
}

hello session::hello_for(const packet& connect) const {
  auto h = handshake_;
  h.complete = true;
  h.auth = connect.data;
  if (auto token = text_member(connect.data, "token"); !token.empty()) h.token = std::move(token);
  const auto pid = text_member(connect.data, "pid");
  if (const auto dot = pid.find('.'); framing_.recovers && dot != std::string::npos) {
    h.session = pid.substr(0, dot);
    h.resume = pid.substr(dot + 1);
    for (auto& [stream, seq] : parse_offset(text_member(connect.data, "offset")))
      h.told.insert_or_assign(stream_id{std::move(stream)}, seq);
  }
  return h;
}

void session::connect(packet p) {
  const auto joined = sockets_.find(p.nsp);
  if (joined != sockets_.end() && !joined->second->is_over())
    return hang_up(close_code::protocol_error, "this namespace is joined already");
  const auto how = profile_for(p);
  if (!how) return refuse_connect(p.nsp, how.error().message);
  auto made = sockets_.size() < framing_.namespaces_max
                  ? socket::make(shared_from_this(), *how, p.nsp, handshake_.aliases)
                  : nullptr;
  if (!made) return refuse_connect(p.nsp, "Invalid namespace");
  sockets_.insert_or_assign(p.nsp, made);
  if (!made->open(hello_for(p))) made->close(close_code::internal, "no session could be opened: try again later");
}

result<const profile*> session::profile_for(const packet& connect) const {
  const auto asked = text_member(connect.data, "profile");
  if (asked.empty()) return how_;
  if (const auto* found = framing_.find_profile(asked)) return found;
  return fail(errc::invalid, "there is no such profile");
}

void session::refuse_connect(const std::string& nsp, std::string_view message) {
  std::string text;
  append_head(text, packet_type::connect_error, nsp);
  json_writer{text}.begin_object().field("message", message).end_object();
  engine_->send(text);
}

bool session::takes_ping() { return intake_.take(now()) != intake::verdict::close; }

std::vector<std::shared_ptr<socket>> session::sockets() const {
  std::vector<std::shared_ptr<socket>> all;
  for (const auto& [nsp, each] : sockets_) all.push_back(each);
  return all;
}

void session::drained() {
  for (const auto& each : sockets()) each->drained();
}
void session::pinged() {
  for (const auto& each : sockets()) each->pinged();
}
void session::ponged() {
  for (const auto& each : sockets()) each->ponged();
}

void session::closed(goodbye how) {
  connect_deadline_ = nullptr;
  for (const auto& [nsp, each] : std::exchange(sockets_, {})) each->end(how);
  engine_ = nullptr;
}

void session::dropped() noexcept {
  connect_deadline_ = nullptr;
  for (const auto& [nsp, each] : std::exchange(sockets_, {})) each->drop();
  engine_ = nullptr;
}

void session::answered() {
  intake_.answered();
  if (engine_) engine_->read_on();
}

void session::send(const encoded& packet) {
  engine_->send(packet.text);
  for (const auto& bytes : packet.attachments) engine_->send(bytes, true);
}

void session::forget(const socket& which) {
  const auto at = sockets_.find(which.nsp());
  if (at != sockets_.end() && at->second.get() == &which) sockets_.erase(at);
}

} // namespace parley::gateway::socketio
