#include "gateway/net/websocket_session.hpp"

#include "gateway/net/coalescing_stream.hpp"
#include "gateway/net/websocket_handshake.hpp"
#include "gateway/protocol/websocket_frame.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstring>
#include <limits>
#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace parley::gateway {
namespace {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

constexpr std::size_t short_message_bytes = 256;       // read without an allocation
constexpr std::size_t read_growth_bytes = 8 * 1024;    // a longer message gets room as it comes, not as it claims
constexpr std::size_t teardown_bytes_max = 256 * 1024; // read and dropped after the close frames
constexpr std::size_t full_queues = 4;                 // times queue_bytes_max: answers stop, reading stops
constexpr std::size_t burst_queues = 8;                // times queue_bytes_max: the connection is cut
constexpr auto close_send_text = static_cast<close_code>(1003);

class websocket_session final : public connection,
                                public live_connection,
                                public flushable,
                                public coalescing_stream::owner,
                                public std::enable_shared_from_this<websocket_session> {
public:
  websocket_session(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, hello greeting,
                    admission::ticket ticket);
  void accept(const http_request& handshake);

  // connection
  void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) override;
  void push(std::string_view name, std::string_view alias, std::string_view body) override;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queue().bytes(); }
  [[nodiscard]] bool all_acknowledged() const noexcept override;
  [[nodiscard]] const codec& framing() const noexcept override { return codec_; }
  [[nodiscard]] connection_ref ref() const noexcept override { return {net_->loop().index(), id_}; }
  void close(close_code code, std::string_view reason) override;

  // live_connection
  void sweep(time now) override;
  void shut_down(close_code code, std::string_view reason) override;
  void abort() override { finish(goodbye::lost); }
  void drop() noexcept override;

  // flushable
  bool flush() override;

  // coalescing_stream::owner
  void queued() override { mark_dirty(); }
  void tear_down() override;

private:
  using stream = websocket::stream<coalescing_stream, false>;

  [[nodiscard]] write_queue& queue() noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] const write_queue& queue() const noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] tcp_socket& socket() noexcept { return stream_.next_layer().next_layer(); }
  [[nodiscard]] bool is_full() const noexcept { return queue().bytes() > full_queues * net_->limits().queue_bytes_max; }

  void opened(error_code ec);
  void read();
  void on_read(error_code ec, std::size_t size);
  void on_message(std::string_view text);
  void on_control(websocket::frame_type kind, std::string_view payload);
  [[nodiscard]] bool within_rate();
  void answer_error(std::optional<std::uint64_t> ack, const error& e);
  template <class WriteText>
  void write_text(WriteText&& text_of);
  void mark_dirty();
  void wait_writable();
  [[nodiscard]] int unacknowledged_bytes() const noexcept;
  void ping(time now);
  void drain_teardown();
  [[nodiscard]] goodbye farewell() const;
  void cut();
  void finish(goodbye how);

  const std::shared_ptr<net_loop> net_;
  const std::uint64_t id_;
  const codec& codec_;
  admission::ticket ticket_;
  stream stream_;
  std::shared_ptr<session_link> link_;
  std::unique_ptr<hello> greeting_; // until the session is opened

  std::array<char, short_message_bytes> short_;
  std::string long_; // a message that does not fit, `long_size_` bytes so far
  std::size_t long_size_ = 0, in_flight_ = 0;
  token_bucket rate_;
  double excess_ = 0; // messages over the rate, until the session has behaved for a while
  std::uint32_t bad_messages_ = 0, ping_number_ = 0;

  time since_;                     // of the handshake; of the close once closing
  time next_ping_, last_progress_; // when bytes last moved, or the ping was sent
  std::uint64_t last_sent_ = 0;
  int last_unacknowledged_ = 0;
  std::size_t teardown_bytes_ = 0;
  bool open_ = false, closing_ = false, finished_ = false, broken_ = false;
  bool reading_ = false, handling_ = false, dirty_ = false, waiting_writable_ = false, above_ = false;
  bool awaiting_pong_ = false, tearing_down_ = false, shut_down_sent_ = false, client_closed_ = false;
  bool cut_short_ = false; // something came to be sent behind the close frame: not all of it can have arrived
};

websocket_session::websocket_session(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, hello greeting,
                                     admission::ticket ticket)
  : net_{std::move(net)}
  , id_{id}
  , codec_{greeting.aliases ? *net_->wiring().with_aliases : *net_->wiring().without_aliases}
  , ticket_{std::move(ticket)}
  , stream_{std::move(socket), static_cast<coalescing_stream::owner&>(*this),
            full_queues * net_->limits().queue_bytes_max}
  , greeting_{std::make_unique<hello>(std::move(greeting))}
  , rate_{net_->limits().messages_per_session, std::chrono::steady_clock::now()}
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
  const auto now = std::chrono::steady_clock::now();
  next_ping_ = now + net_->limits().ping_interval;
  last_progress_ = now;
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
  auto room = boost::asio::buffer(short_);
  if (long_size_ > 0) {
    long_.resize(long_size_ + read_growth_bytes);
    room = boost::asio::buffer(long_.data() + long_size_, read_growth_bytes);
  }
  stream_.async_read_some(room,
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
  if (!stream_.is_message_done()) {
    if (long_size_ == 0) long_.assign(short_.data(), size);
    long_size_ += size;
  } else if (long_size_ == 0) {
    on_message({short_.data(), size});
  } else {
    const auto text = std::exchange(long_, {});
    on_message({text.data(), std::exchange(long_size_, 0) + size});
  }
  handling_ = false;
  read();
}

bool websocket_session::within_rate() {
  const auto& limits = net_->limits();
  if (rate_.take(limits.messages_per_session, std::chrono::steady_clock::now())) {
    if (rate_.tokens() >= limits.messages_per_session.burst / 2) excess_ = 0;
    return true;
  }
  ++net_->shared().count.rate_limited;
  excess_ += 1;
  return false;
}

void websocket_session::on_message(std::string_view text) {
  const auto& limits = net_->limits();
  ++net_->shared().count.messages;
  const bool allowed = within_rate();
  if (!allowed && excess_ > limits.abuse_seconds * limits.messages_per_session.per_second)
    return close(close_code::slow_down, "too many messages: slow down");

  auto message = codec_.parse(text);
  if (!message) {
    ++net_->shared().count.malformed;
    if (++bad_messages_ > limits.bad_messages_max)
      return close(close_code::policy, "too many malformed messages: send what the protocol describes");
    return answer_error(std::nullopt, message.error());
  }
  if (!allowed)
    return answer_error(message->ack, {errc::rate_limited, {}, rate_.retry_after_s(limits.messages_per_session)});
  ++in_flight_;
  link_->receive(*std::move(message));
}

void websocket_session::on_control(websocket::frame_type kind, std::string_view payload) {
  if (kind == websocket::frame_type::close) {
    client_closed_ = true;
  } else if (kind == websocket::frame_type::pong) {
    std::uint32_t number = 0;
    if (!awaiting_pong_ || payload.size() != sizeof number) return;
    std::memcpy(&number, payload.data(), sizeof number);
    if (number != ping_number_) return;
    awaiting_pong_ = false;
    if (link_) link_->ponged();
  } else if (kind == websocket::frame_type::ping) {
    const auto& limits = net_->limits();
    if (within_rate() || excess_ <= limits.abuse_seconds * limits.messages_per_session.per_second) return;
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
  constexpr int unknown = std::numeric_limits<int>::max();
  int bytes = 0;
  auto& s = const_cast<tcp_socket&>(stream_.next_layer().next_layer()); // native_handle() is not const
  return s.is_open() && ::ioctl(s.native_handle(), SIOCOUTQ, &bytes) == 0 ? bytes : unknown;
}

bool websocket_session::all_acknowledged() const noexcept {
  return !broken_ && !cut_short_ && queue().empty() && unacknowledged_bytes() == 0;
}

// Deadlines.

void websocket_session::sweep(time now) {
  if (finished_) return;
  const auto& limits = net_->limits();
  if (!open_) {
    if (now - since_ > limits.header_timeout) cut();
    return;
  }
  if (closing_ || tearing_down_ || broken_) {
    if (now - since_ > limits.close_timeout) finish(farewell());
    return;
  }
  if (const auto unacknowledged = awaiting_pong_ ? unacknowledged_bytes() : 0;
      queue().sent() != last_sent_ || unacknowledged < last_unacknowledged_ || (queue().empty() && !awaiting_pong_)) {
    last_sent_ = queue().sent();
    last_unacknowledged_ = unacknowledged;
    last_progress_ = now;
  }
  const bool paused = !reading_ || stream_.next_layer().holds_write();
  if (!queue().empty() && now - last_progress_ > limits.stall_timeout) return cut();
  // Where we do not read, or the ping may still be in our own queue, a missing pong proves nothing.
  if (awaiting_pong_ && queue().empty() && !paused && now - last_progress_ > limits.pong_timeout) return cut();
  if (!awaiting_pong_ && now >= next_ping_) ping(now);
}

void websocket_session::ping(time now) {
  constexpr char final_ping = static_cast<char>(0x89);
  if (stream_.next_layer().sealed()) return;
  if (link_) link_->pinged();
  ++ping_number_;
  std::array<char, 2 + sizeof ping_number_> frame{final_ping, static_cast<char>(sizeof ping_number_)};
  std::memcpy(frame.data() + 2, &ping_number_, sizeof ping_number_);
  queue().append(std::string_view{frame.data(), frame.size()});
  awaiting_pong_ = true;
  last_unacknowledged_ = 0; // the next sweep notes what is on its way
  last_progress_ = now;
  next_ping_ = now + net_->limits().ping_interval;
  mark_dirty();
}

// The one way out. Beast writes the close frame behind what is queued, and asks for the teardown.

void websocket_session::close(close_code code, std::string_view reason) {
  constexpr std::size_t reason_bytes_max = 123; // RFC 6455 section 5.5
  if (closing_ || finished_ || !open_) return;
  closing_ = true;
  since_ = std::chrono::steady_clock::now();
  stream_.next_layer().release_write();
  websocket::close_reason why{static_cast<std::uint16_t>(code)};
  why.reason = boost::beast::string_view{reason.data(), std::min(reason.size(), reason_bytes_max)};
  stream_.async_close(why, [self = shared_from_this(), code](error_code) {
    self->finish(code == close_code::normal ? goodbye::clean : goodbye::lost);
  });
}

/// How the client left, as far as it said so.
goodbye websocket_session::farewell() const {
  const auto code = stream_.reason().code;
  const bool clean = code == websocket::close_code::none || code == websocket::close_code::normal;
  return client_closed_ && clean ? goodbye::clean : goodbye::lost;
}

void websocket_session::shut_down(close_code code, std::string_view reason) { close(code, reason); }

void websocket_session::tear_down() {
  tearing_down_ = true;
  if (!closing_) since_ = std::chrono::steady_clock::now();
  mark_dirty();
}

void websocket_session::drain_teardown() {
  if (finished_ || (!queue().empty() && !broken_)) return;
  if (!std::exchange(shut_down_sent_, true)) {
    error_code ec;
    socket().shutdown(tcp_socket::shutdown_send, ec);
    // A client that has sent its close frame sends nothing more, and waits for us to hang up. (Beast's own close reads
    // the frame without a word, but for the code.)
    const bool answered = client_closed_ || (closing_ && stream_.reason().code != websocket::close_code::none);
    if (ec || answered) return stream_.next_layer().torn_down();
  } else {
    return;
  }
  // Until the client closes too, or has sent too much: closing with unread bytes could take the close frame back.
  struct discard {
    std::shared_ptr<websocket_session> self;
    void operator()(error_code ec) {
      if (self->finished_) return;
      error_code failure = ec;
      if (!ec)
        self->teardown_bytes_ += self->socket().read_some(boost::asio::buffer(self->net_->read_space()), failure);
      const bool over = failure && failure != boost::asio::error::would_block;
      if (over || self->teardown_bytes_ > teardown_bytes_max) return self->stream_.next_layer().torn_down();
      auto& s = self->socket();
      s.async_wait(tcp_socket::wait_read, std::move(*this));
    }
  };
  socket().async_wait(tcp_socket::wait_read, discard{shared_from_this()});
}

void websocket_session::cut() {
  ++net_->shared().count.cut;
  finish(goodbye::lost);
}

void websocket_session::finish(goodbye how) {
  if (finished_) return;
  const auto self = shared_from_this();
  finished_ = true;
  // The link may ask what has arrived, so it is told while the socket is still there.
  if (const auto link = std::exchange(link_, nullptr)) link->closed(how);
  error_code ignored;
  socket().close(ignored);
  queue().clear();
  stream_.next_layer().release_write();
  stream_.next_layer().torn_down();
  ticket_ = {};
  net_->remove(id_);
}

void websocket_session::drop() noexcept {
  finished_ = true;
  link_.reset();
  error_code ignored;
  socket().close(ignored);
  queue().clear();
  stream_.next_layer().forget();
}

} // namespace

void serve_websocket(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, const http_request& handshake,
                     hello greeting, admission::ticket ticket) {
  std::make_shared<websocket_session>(std::move(net), id, std::move(socket), std::move(greeting), std::move(ticket))
      ->accept(handshake);
}

} // namespace parley::gateway
