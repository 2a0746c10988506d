// How a WebSocket connection ends: by its deadlines, by either side's close frame, or by the server's end.

#include "gateway/net/websocket_session.hpp"

namespace parley::gateway {

namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t teardown_messages = 2; // times the longest one: read and dropped after the close frames

} // namespace

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
  const bool paused = !reading_ || stream_.next_layer().holds_write();
  const int unacknowledged = liveness_.awaits_pong() ? unacknowledged_bytes() : 0;
  switch (liveness_.look({queue().sent(), unacknowledged, queue().empty(), paused}, now, limits)) {
  case liveness::verdict::well: return;
  case liveness::verdict::ping: return ping(now);
  case liveness::verdict::cut: return cut();
  }
}

void websocket_session::ping(time now) {
  if (stream_.next_layer().sealed()) return;
  if (user_) user_->pinged();
  const auto frame = liveness_.ping(now, net_->limits());
  queue().append(std::string_view{frame.data(), frame.size()});
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

std::uint16_t websocket_session::close_code_heard() const {
  constexpr std::uint16_t without_code = 1005, no_frame = 1006; // RFC 6455 section 7.4.1
  if (!client_closed_) return no_frame;
  const auto code = stream_.reason().code;
  return code == websocket::close_code::none ? without_code : static_cast<std::uint16_t>(code);
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
      if (over || self->teardown_bytes_ > teardown_messages * self->message_bytes_max_)
        return self->stream_.next_layer().torn_down();
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
  // The user may ask what has arrived, so it is told while the socket is still there.
  if (const auto user = std::exchange(user_, nullptr); user && open_) user->closed(how, close_code_heard());
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
  if (const auto user = std::exchange(user_, nullptr)) user->dropped();
  error_code ignored;
  socket().close(ignored);
  queue().clear();
  stream_.next_layer().forget();
}

} // namespace parley::gateway
