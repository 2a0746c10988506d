#include "gateway/net/websocket_session.hpp"

#include "gateway/net/websocket_handshake.hpp"
#include "gateway/protocol/websocket_frame.hpp"

#include <boost/beast/http/empty_body.hpp>

namespace parley::gateway {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t burst_queues = 8; // times queue_bytes_max: the connection is cut
constexpr auto close_send_text = static_cast<close_code>(1003);

} // namespace

websocket_session::websocket_session(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, hello greeting,
                                     admission::ticket ticket)
  : net_{std::move(net)}
  , id_{id}
  , codec_{greeting.aliases ? *net_->wiring().with_aliases : *net_->wiring().without_aliases}
  , ticket_{std::move(ticket)}
  , stream_{std::move(socket), static_cast<coalescing_stream::owner&>(*this), full_bytes()}
  , greeting_{std::make_unique<hello>(std::move(greeting))}
  , rate_{net_->limits(), std::chrono::steady_clock::now()}
  , since_{std::chrono::steady_clock::now()} {}

void websocket_session::accept(const http_request& handshake) {
  net_->replace(id_, shared_from_this());
  http::request<http::empty_body> request{http::verb::get, handshake.path, 11};
  for (const auto& [name, value] : handshake.headers)
    if (name == "host" || name == "upgrade" || name == "connection" || name.starts_with("sec-websocket-"))
      request.insert(name, value);
  if (offers_subprotocol(handshake))
    stream_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& r) { r.set(http::field::sec_websocket_protocol, websocket_subprotocol); }));
  stream_.auto_fragment(false);
  stream_.read_message_max(net_->limits().frame_bytes_max);
  stream_.control_callback([this](websocket::frame_type kind, boost::beast::string_view payload) {
    on_control(kind, {payload.data(), payload.size()});
  });
  stream_.async_accept(request, [self = shared_from_this()](error_code ec) { self->opened(ec); });
}

void websocket_session::opened(error_code ec) {
  if (finished_) return;
  if (ec) return finish(goodbye::lost);
  stream_.next_layer().start_queueing();
  open_ = true;
  ++net_->shared().count.websockets;
  liveness_.begin(std::chrono::steady_clock::now(), net_->limits());
  auto greeting = std::exchange(greeting_, nullptr);
  link_ = net_->opener().open(shared_from_this(), *std::move(greeting));
  if (!link_) return close(close_code::internal, "no session could be opened: try again later");
  if (net_->shared().draining) return close(close_code::come_back, "server is restarting: reconnect and resume");
  read();
}

// Reading: one message at a time, as long as there are credits and the client takes its answers.

void websocket_session::read() {
  if (reading_ || handling_ || closing_ || finished_ || !link_) return;
  if (in_flight_ >= net_->limits().in_flight_max || is_full()) return;
  reading_ = true;
  const auto room = incoming_.room();
  stream_.async_read_some(boost::asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](error_code ec, std::size_t size) { self->on_read(ec, size); });
}

void websocket_session::on_read(error_code ec, std::size_t size) {
  reading_ = false;
  if (finished_) return;
  if (ec == websocket::error::closed) return finish(farewell());
  if (closing_) return; // the close path reads what is left
  if (ec) return finish(goodbye::lost);
  if (!stream_.got_text()) return close(close_send_text, "send text frames");

  handling_ = true;
  if (stream_.is_message_done())
    incoming_.finish(size, [this](std::string_view text) { on_message(text); });
  else
    incoming_.keep(size);
  handling_ = false;
  read();
}

bool websocket_session::within_rate() {
  if (rate_.take(net_->limits(), std::chrono::steady_clock::now())) return true;
  ++net_->shared().count.rate_limited;
  return false;
}

void websocket_session::on_message(std::string_view text) {
  const auto& limits = net_->limits();
  ++net_->shared().count.messages;
  const bool allowed = within_rate();
  if (!allowed && rate_.is_abused(limits)) return close(close_code::slow_down, "too many messages: slow down");

  auto message = codec_.parse(text);
  if (!message) {
    ++net_->shared().count.malformed;
    if (++bad_messages_ > limits.bad_messages_max)
      return close(close_code::policy, "too many malformed messages: send what the protocol describes");
    return answer_error(std::nullopt, message.error());
  }
  if (!allowed) return answer_error(message->ack, {errc::rate_limited, {}, rate_.retry_after_s(limits)});
  ++in_flight_;
  link_->receive(*std::move(message));
}

void websocket_session::on_control(websocket::frame_type kind, std::string_view payload) {
  if (kind == websocket::frame_type::close) {
    client_closed_ = true;
  } else if (kind == websocket::frame_type::pong) {
    if (liveness_.take_pong(payload) && link_) link_->ponged();
  } else if (kind == websocket::frame_type::ping) {
    if (within_rate() || !rate_.is_abused(net_->limits())) return;
    // Beast is in the middle of this frame.
    boost::asio::post(stream_.get_executor(),
                      [self = shared_from_this()] { self->close(close_code::slow_down, "too many pings: slow down"); });
  }
}

// Writing: everything joins one queue, which leaves at the turn's end.

template <class WriteText>
void websocket_session::write_text(WriteText&& text_of) {
  if (!open_ || finished_ || broken_ || stream_.next_layer().sealed()) return;
  auto& text = net_->text_space();
  text.clear();
  text_of(text);
  auto& tail = queue().tail();
  const auto before = tail.size();
  append_text_frame(tail, text);
  queue().appended(tail.size() - before);
  if (text.capacity() > net_loop::read_bytes_max) std::string{}.swap(text);
  mark_dirty();
}

void websocket_session::answer(std::optional<std::uint64_t> ack, const result<std::string>& body) {
  if (in_flight_ > 0) --in_flight_;
  if (!body)
    answer_error(ack, body.error());
  else if (ack)
    write_text([&](std::string& out) { codec_.write_ack(out, *ack, *body); });
  read();
}

void websocket_session::answer_error(std::optional<std::uint64_t> ack, const error& e) {
  write_text([&](std::string& out) {
    if (ack)
      codec_.write_error(out, *ack, e);
    else
      codec_.write_exception(out, e);
  });
}

void websocket_session::push(std::string_view name, std::string_view alias, std::string_view body) {
  write_text([&](std::string& out) { codec_.write_push(out, name, body); });
  if (!alias.empty() && codec_.sends_aliases())
    write_text([&](std::string& out) { codec_.write_push(out, alias, body); });
}

void websocket_session::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (!open_ || finished_ || broken_ || stream_.next_layer().sealed()) {
    cut_short_ = true;
    return;
  }
  queue().append(std::move(blob), offset, size);
  mark_dirty();
}

void websocket_session::mark_dirty() {
  if (queue().bytes() > net_->limits().queue_bytes_max) above_ = true;
  if (dirty_ || finished_) return;
  dirty_ = true;
  net_->out().mark(shared_from_this());
}

bool websocket_session::flush() {
  dirty_ = false;
  if (finished_ || broken_ || waiting_writable_) return false;
  const auto& limits = net_->limits();
  switch (queue().flush(socket().native_handle())) {
  case write_queue::outcome::broken:
    // What the client sent before it went is still to be read: perhaps its close frame. The sweep ends it otherwise.
    broken_ = true;
    queue().clear();
    if (!closing_) since_ = std::chrono::steady_clock::now();
    if (!reading_ && !closing_) {
      finish(goodbye::lost);
      return true;
    }
    break;
  case write_queue::outcome::blocked:
    if (queue().bytes() > burst_queues * limits.queue_bytes_max) {
      cut();
      return true;
    }
    wait_writable();
    break;
  case write_queue::outcome::empty: break;
  }
  bool told = false;
  if (above_ && queue().bytes() < limits.queue_bytes_max / 2) {
    above_ = false;
    if (link_ && !closing_) {
      told = true;
      link_->drained();
    }
  }
  if (!is_full()) stream_.next_layer().release_write();
  if (tearing_down_) drain_teardown();
  read();
  return told;
}

void websocket_session::wait_writable() {
  waiting_writable_ = true;
  socket().async_wait(tcp_socket::wait_write, [self = shared_from_this()](error_code ec) {
    self->waiting_writable_ = false;
    if (!ec) self->mark_dirty();
  });
}

int websocket_session::unacknowledged_bytes() const noexcept {
  auto& s = const_cast<tcp_socket&>(stream_.next_layer().next_layer()); // native_handle() is not const
  return write_queue::unacknowledged(s.native_handle());
}

bool websocket_session::all_acknowledged() const noexcept {
  return !broken_ && !cut_short_ && queue().empty() && unacknowledged_bytes() == 0;
}

void serve_websocket(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, const http_request& handshake,
                     hello greeting, admission::ticket ticket) {
  std::make_shared<websocket_session>(std::move(net), id, std::move(socket), std::move(greeting), std::move(ticket))
      ->accept(handshake);
}

} // namespace parley::gateway
