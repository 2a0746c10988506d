#include "gateway/net/websocket_session.hpp"

#include "gateway/protocol/websocket_frame.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <unistd.h>

namespace parley::gateway {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

using boost::system::error_code;

constexpr std::size_t burst_queues = 8; // times queue_bytes_max: the connection is cut

} // namespace

websocket_session::websocket_session(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket,
                                     std::shared_ptr<line_user> user, admission::ticket ticket)
  : net_{std::move(net)}
  , id_{id}
  , ticket_{std::move(ticket)}
  , stream_{std::move(socket), static_cast<coalescing_stream::owner&>(*this), full_bytes()}
  , user_{std::move(user)}
  , since_{std::chrono::steady_clock::now()} {}

void websocket_session::accept(const http_request& handshake,
                               std::vector<std::pair<std::string, std::string>> headers) {
  http::request<http::empty_body> request{http::verb::get, handshake.path, 11};
  for (const auto& [name, value] : handshake.headers)
    if (name == "host" || name == "upgrade" || name == "connection" || name.starts_with("sec-websocket-"))
      request.insert(name, value);
  if (!headers.empty())
    stream_.set_option(websocket::stream_base::decorator([headers = std::move(headers)](websocket::response_type& r) {
      for (const auto& [name, value] : headers) r.set(name, value);
    }));
  stream_.auto_fragment(false);
  message_bytes_max_ = user_->message_bytes_max();
  stream_.read_message_max(message_bytes_max_);
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
  const auto user = user_; // may end us
  user->opened(shared_from_this());
  if (net_->shared().draining) return close(close_code::come_back, "server is restarting: reconnect and resume");
  read();
}

// Reading: one message at a time, as long as the user takes them and the client takes its answers.

void websocket_session::read() {
  if (reading_ || handling_ || closing_ || finished_ || !open_) return;
  if (!user_->takes_more() || is_full()) return;
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

  handling_ = true;
  if (stream_.is_message_done()) {
    ++net_->shared().count.messages;
    const auto user = user_; // may end us
    incoming_.finish(size, [&](std::string_view message) { user->received(message, !stream_.got_text()); });
  } else {
    incoming_.keep(size);
  }
  handling_ = false;
  read();
}

void websocket_session::on_control(websocket::frame_type kind, std::string_view payload) {
  if (kind == websocket::frame_type::close) {
    client_closed_ = true;
  } else if (kind == websocket::frame_type::pong) {
    if (liveness_.take_pong(payload) && user_) user_->ponged();
  } else if (kind == websocket::frame_type::ping) {
    if (!user_ || user_->takes_ping()) return;
    // Beast is in the middle of this frame.
    boost::asio::post(stream_.get_executor(),
                      [self = shared_from_this()] { self->close(close_code::slow_down, "too many pings: slow down"); });
  }
}

// Writing: everything joins one queue, which leaves at the turn's end.

void websocket_session::send(std::string_view message, bool binary) {
  if (!takes_writes()) return;
  auto& tail = queue().tail();
  const auto before = tail.size();
  if (binary)
    append_binary_frame(tail, message);
  else
    append_text_frame(tail, message);
  queue().appended(tail.size() - before);
  mark_dirty();
}

void websocket_session::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (!takes_writes()) {
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
    if (user_ && !closing_) {
      told = true;
      user_->drained();
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

namespace {

/// A connection on its way from one loop to another; closed, should the other run no more.
struct migrant {
  migrant(tcp_socket& socket, error_code& ec)
    : protocol{socket.local_endpoint(ec).protocol()}
    , handle{ec ? -1 : socket.release(ec)} {}
  migrant(const migrant&) = delete;
  migrant& operator=(const migrant&) = delete;
  ~migrant() {
    if (handle >= 0) ::close(handle);
  }
  boost::asio::ip::tcp protocol;
  int handle;
};

} // namespace

void serve_websocket(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, http_request handshake,
                     upgrade_offer offer, admission::ticket ticket) {
  if (offer.loop == net->loop().index()) {
    auto session =
        std::make_shared<websocket_session>(net, id, std::move(socket), std::move(offer.user), std::move(ticket));
    net->replace(id, session);
    return session->accept(handshake, std::move(offer.headers));
  }
  const auto home = net->shared().loops.at(offer.loop).lock();
  error_code ec;
  const auto moving = std::make_shared<migrant>(socket, ec);
  net->remove(id);
  if (!home || ec) return;
  // What must be moved into a task that can be copied.
  const auto held = std::make_shared<admission::ticket>(std::move(ticket));
  home->loop().post([home, id, moving, held, handshake = std::move(handshake), offer = std::move(offer)]() mutable {
    error_code failed;
    tcp_socket arrived{home->loop().context()};
    arrived.assign(moving->protocol, moving->handle, failed);
    if (failed) return;
    moving->handle = -1;
    auto session =
        std::make_shared<websocket_session>(home, id, std::move(arrived), std::move(offer.user), std::move(*held));
    home->adopt(id, session);
    session->accept(handshake, std::move(offer.headers));
  });
}

} // namespace parley::gateway
