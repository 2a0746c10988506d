#include "gateway/net/http_session.hpp"

#include "gateway/net/request_reader.hpp"
#include "gateway/net/response_writer.hpp"
#include "gateway/net/serve_websocket.hpp"
#include "gateway/net/websocket_handshake.hpp"

#include <boost/asio/write.hpp>
#include <cerrno>
#include <sys/socket.h>

namespace parley::gateway {
namespace {

using boost::system::error_code;

constexpr std::size_t linger_bytes_max = 4 * 1024 * 1024; // read and dropped after the last answer
constexpr std::size_t kept_bytes = 512;                   // of a buffer, while idle

class http_session final : public live_connection, public std::enable_shared_from_this<http_session> {
public:
  http_session(std::shared_ptr<net_loop> net, tcp_socket socket, std::string address, admission::ticket ticket)
    : net_{std::move(net)}
    , socket_{std::move(socket)}
    , ticket_{std::move(ticket)}
    , address_{std::move(address)} {}

  void start() {
    id_ = net_->add(shared_from_this());
    if (net_->shared().draining) return end();
    wait_readable();
  }

  void sweep(time now) override;
  void shut_down(close_code, std::string_view) override;
  void abort() override { end(); }
  void drop() noexcept override {
    phase_ = phase::ended;
    error_code ignored;
    socket_.close(ignored);
  }

private:
  enum class phase { reading, handling, writing, lingering, ended };

  /// Answers with an error should a handler drop its `respond`: the client must not wait for ever.
  struct reply_slot {
    explicit reply_slot(std::shared_ptr<http_session> asked_by)
      : session{std::move(asked_by)} {}
    reply_slot(const reply_slot&) = delete;
    reply_slot& operator=(const reply_slot&) = delete;
    ~reply_slot() {
      if (session && !session->net_->shared().over) give([](http_session& s) { s.refuse({errc::internal, {}, 0}); });
    }
    void give(std::function<void(http_session&)> answer) {
      auto& loop = session->net_->loop();
      loop.dispatch([s = std::move(session), answer = std::move(answer)] {
        if (s->phase_ == phase::handling) answer(*s);
      });
    }
    std::shared_ptr<http_session> session;
  };

  void wait_readable();
  void on_readable();
  void advance();
  void handle();
  void upgrade();
  void look_for_end();
  void take_what_came();
  void refuse(const error& e);
  void answer(const http_response& response);
  void on_written(error_code ec);
  void next_request();
  void linger();
  void discard();
  void end();

  const std::shared_ptr<net_loop> net_;
  tcp_socket socket_;
  admission::ticket ticket_;
  const std::string address_;
  std::uint64_t id_ = 0;
  phase phase_ = phase::reading;
  bool waiting_ = false, keep_alive_ = false, head_only_ = false, continued_ = false, served_one_ = false;
  time since_ = std::chrono::steady_clock::now();        // of the phase; of the first byte while a request is read
  std::unique_ptr<request_reader> reader_;               // from a request's first byte
  std::shared_ptr<http_request::abandonment> abandoned_; // of the request being handled
  std::string in_, out_;
  std::size_t discarded_ = 0;
};

void http_session::wait_readable() {
  if (waiting_) return;
  waiting_ = true;
  // Waiting without a buffer: an idle connection holds none.
  socket_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code ec) {
    self->waiting_ = false;
    if (ec && self->phase_ != phase::ended) return self->end();
    if (self->phase_ == phase::reading) return self->on_readable();
    if (self->phase_ == phase::handling) return self->look_for_end();
    if (self->phase_ == phase::lingering) self->discard();
  });
}

void http_session::on_readable() {
  error_code ec;
  auto& space = net_->read_space();
  const auto n = socket_.read_some(boost::asio::buffer(space), ec);
  if (ec == boost::asio::error::would_block) return wait_readable();
  if (ec) return end();
  in_.append(space.data(), n);
  advance();
}

void http_session::advance() {
  if (!reader_) {
    reader_ = std::make_unique<request_reader>(net_->limits());
    since_ = std::chrono::steady_clock::now();
    continued_ = false;
  }
  const auto step = reader_->advance(in_);
  keep_alive_ = reader_->keep_alive();
  head_only_ = reader_->head_only();
  switch (step) {
  case request_reader::step::failed: {
    ++net_->shared().count.malformed;
    return refuse(reader_->failure());
  }
  case request_reader::step::done: return handle();
  case request_reader::step::need_more: break;
  }
  if (reader_->expects_continue() && !continued_ && in_.empty()) {
    continued_ = true;
    error_code ec;
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    // Nothing else is under way on this connection, so a socket that does not take this line at once is no client's.
    if (socket_.write_some(boost::asio::buffer(go_on), ec) != go_on.size()) return end();
  }
  wait_readable();
}

void http_session::handle() {
  phase_ = phase::handling;
  auto& request = reader_->request();
  request.address = client_address(address_, request.headers, net_->wiring().trusted_proxies);
  ++net_->shared().count.requests;
  if (const auto verdict = net_->shared().requests.take(address_key(request.address)); !verdict.allowed) {
    ++net_->shared().count.rate_limited;
    return refuse({errc::rate_limited, {}, verdict.retry_after_s});
  }
  if (net_->wiring().is_websocket(request)) return upgrade();
  request.abandoned = abandoned_ = std::make_shared<http_request::abandonment>();
  net_->wiring().handle(std::move(request), [slot = std::make_shared<reply_slot>(shared_from_this())](http_response r) {
    if (slot->session) slot->give([r = std::move(r)](http_session& s) { s.answer(r); });
  });
  if (phase_ == phase::handling && abandoned_->told) wait_readable();
}

void http_session::take_what_came() {
  error_code ec;
  const auto n = socket_.read_some(boost::asio::buffer(net_->read_space()), ec);
  if (!ec) in_.append(net_->read_space().data(), n);
  wait_readable();
}

/// Something came, or the end, while the answer is kept back.
void http_session::look_for_end() {
  char next = 0;
  const auto seen = ::recv(socket_.native_handle(), &next, sizeof next, MSG_PEEK | MSG_DONTWAIT);
  if (seen > 0) { // the next request, which waits here
    if (in_.size() < net_->limits().header_bytes_max) take_what_came();
    return;
  }
  if (seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return wait_readable();
  if (abandoned_ && abandoned_->told) std::exchange(abandoned_->told, nullptr)();
}

void http_session::upgrade() {
  const auto& request = reader_->request();
  if (const auto fine = check_handshake(request); !fine) {
    auto response = net_->wiring().error_response(fine.error(), request);
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return answer(response);
  }
  // RFC 6455 section 4.1: nothing may follow the handshake before it is answered.
  if (!in_.empty()) return refuse({errc::malformed, "wait for the handshake's answer before sending frames", 0});
  auto offer = net_->wiring().upgrade(request, net_->loop().index());
  if (!offer.user) {
    keep_alive_ = keep_alive_ && !offer.hang_up;
    return answer(offer.refusal);
  }
  // From here on the connection is one client's, and counts as the others of its address do.
  if (request.address != address_ && !net_->shared().door.hand_over(ticket_, request.address))
    return refuse({errc::unavailable, "too many connections from your address", 1});
  phase_ = phase::ended;
  serve_websocket(net_, id_, std::move(socket_), std::move(reader_->request()), std::move(offer), std::move(ticket_));
}

void http_session::refuse(const error& e) {
  phase_ = phase::handling;
  answer(net_->wiring().error_response(e, reader_ ? reader_->request() : http_request{}));
}

void http_session::answer(const http_response& response) {
  abandoned_ = nullptr;
  keep_alive_ = keep_alive_ && !net_->shared().draining;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const response_shape shape{keep_alive_, head_only_};
  if (is_safe(response)) {
    out_ = write_response(response, shape, now);
  } else {
    // A header that would break the response apart is never sent, nor is what came with it.
    out_ = write_response({500, "application/json", {}, R"({"success":false,"code":"internal"})"}, shape, now);
  }
  phase_ = phase::writing;
  since_ = std::chrono::steady_clock::now();
  boost::asio::async_write(socket_, boost::asio::buffer(out_), [self = shared_from_this()](error_code ec, std::size_t) {
    if (self->phase_ == phase::writing) self->on_written(ec);
  });
}

void http_session::on_written(error_code ec) {
  if (ec) return end();
  std::string{}.swap(out_);
  if (keep_alive_ && !net_->shared().draining)
    next_request();
  else
    linger();
}

void http_session::next_request() {
  phase_ = phase::reading;
  since_ = std::chrono::steady_clock::now();
  served_one_ = true;
  reader_.reset();
  if (!in_.empty()) return advance();
  if (in_.capacity() > kept_bytes) std::string{}.swap(in_);
  wait_readable();
}

void http_session::linger() {
  // Closing with unread bytes resets the connection, and the client might lose the answer it was sent.
  phase_ = phase::lingering;
  since_ = std::chrono::steady_clock::now();
  reader_.reset();
  std::string{}.swap(in_);
  error_code ec;
  socket_.shutdown(tcp_socket::shutdown_send, ec);
  if (ec) return end();
  wait_readable();
}

void http_session::discard() {
  error_code ec;
  discarded_ += socket_.read_some(boost::asio::buffer(net_->read_space()), ec);
  if ((ec && ec != boost::asio::error::would_block) || discarded_ > linger_bytes_max) return end();
  wait_readable();
}

void http_session::sweep(time now) {
  const auto& limits = net_->limits();
  const auto waited = now - since_;
  switch (phase_) {
  case phase::reading:
    if (!reader_) {
      if (waited > (served_one_ ? limits.idle_http_timeout : limits.header_timeout)) end();
    } else if (waited > limits.request_timeout || (!reader_->in_body() && waited > limits.header_timeout)) {
      keep_alive_ = false;
      ++net_->shared().count.cut;
      refuse({errc::request_timeout, {}, 0});
    }
    break;
  case phase::writing:
    if (waited > limits.stall_timeout) {
      ++net_->shared().count.cut;
      end();
    }
    break;
  case phase::lingering:
    if (waited > limits.close_timeout) end();
    break;
  case phase::handling:
  case phase::ended: break;
  }
}

void http_session::shut_down(close_code, std::string_view) {
  keep_alive_ = false;
  if (phase_ == phase::reading && !reader_) end();
}

void http_session::end() {
  if (phase_ == phase::ended) return;
  phase_ = phase::ended;
  error_code ignored;
  socket_.close(ignored);
  reader_.reset();
  ticket_ = {};
  net_->remove(id_);
}

} // namespace

void serve_http(std::shared_ptr<net_loop> net, tcp_socket socket, std::string address, admission::ticket ticket) {
  std::make_shared<http_session>(std::move(net), std::move(socket), std::move(address), std::move(ticket))->start();
}

} // namespace parley::gateway
