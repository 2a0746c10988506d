#pragma once
// The layer under Beast's WebSocket stream. Beast reads through it and writes its handshake and control frames to it;
// once `queueing`, whatever is written joins the connection's one queue, at whole frames, and leaves with everything
// else at the turn's end. Internal to websocket_session.
//
// A client that pings without reading what it gets stops being read: over `full_bytes` Beast's write is kept waiting,
// and Beast reads no further before its pong is taken.

#include "gateway/net/tcp_socket.hpp"
#include "gateway/net/write_queue.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/saved_handler.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace parley::gateway {

class coalescing_stream {
public:
  using executor_type = tcp_socket::executor_type;
  using next_layer_type = tcp_socket;
  using error_code = boost::system::error_code;

  /// Who flushes the queue.
  class owner {
  public:
    virtual void queued() = 0;
    /// The closing handshake is over: flush, shut down, and call `stream.torn_down()` when the client is gone.
    virtual void tear_down() = 0;

  protected:
    ~owner() = default;
  };

  coalescing_stream(tcp_socket socket, owner& o, std::size_t full_bytes)
    : socket_{std::move(socket)}
    , owner_{o}
    , full_bytes_{full_bytes} {}

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
  [[nodiscard]] tcp_socket& next_layer() noexcept { return socket_; }
  [[nodiscard]] const tcp_socket& next_layer() const noexcept { return socket_; }
  [[nodiscard]] write_queue& queue() noexcept { return queue_; }
  [[nodiscard]] const write_queue& queue() const noexcept { return queue_; }

  /// From now on writes join the queue: the handshake's answer has been sent.
  void start_queueing() noexcept { queueing_ = true; }
  /// A close frame is queued: no data may follow it (RFC 6455 section 5.5.1).
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }
  /// A write of Beast's waits for the queue to shrink.
  [[nodiscard]] bool holds_write() const noexcept { return held_write_.has_value(); }
  void release_write() {
    if (held_write_.has_value()) held_write_.invoke();
  }
  void torn_down() {
    if (teardown_.has_value()) teardown_.invoke();
  }
  /// Destroys what waits: the loop runs no more.
  void forget() noexcept {
    held_write_.reset();
    teardown_.reset();
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return socket_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& done, const Buffers& bytes) {
          if (!queueing_)
            socket_.async_write_some(bytes, std::forward<decltype(done)>(done));
          else
            take(bytes, std::forward<decltype(done)>(done));
        },
        handler, buffers);
  }

  template <class Handler>
  void start_teardown(Handler&& handler) {
    teardown_.emplace(held_teardown<std::decay_t<Handler>>{std::forward<Handler>(handler)});
    owner_.tear_down();
  }

private:
  // A saved handler is invoked without arguments, or with an error when it is cancelled.
  template <class Handler>
  struct held_write {
    Handler handler;
    std::size_t size;
    void operator()() { handler(error_code{}, size); }
    void operator()(error_code ec) { handler(ec, 0); }
  };
  template <class Handler>
  struct held_teardown {
    Handler handler;
    void operator()(error_code ec = {}) { handler(ec); }
  };

  template <class Buffers, class Handler>
  void take(const Buffers& buffers, Handler&& handler) {
    constexpr unsigned opcode_bits = 0x0f, opcode_close = 0x8;
    std::size_t size = 0;
    bool is_close = false;
    auto& tail = queue_.tail();
    for (const auto part : boost::beast::buffers_range_ref(buffers)) {
      const auto* const bytes = static_cast<const char*>(part.data());
      if (size == 0 && part.size() > 0) is_close = (static_cast<unsigned char>(*bytes) & opcode_bits) == opcode_close;
      tail.append(bytes, part.size());
      size += part.size();
    }
    queue_.appended(size);
    sealed_ |= is_close;
    if (queue_.bytes() > full_bytes_ && !is_close)
      held_write_.emplace(held_write<std::decay_t<Handler>>{std::forward<Handler>(handler), size});
    else
      boost::asio::post(socket_.get_executor(),
                        boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}, size));
    owner_.queued();
  }

  tcp_socket socket_;
  owner& owner_;
  const std::size_t full_bytes_;
  write_queue queue_;
  boost::beast::saved_handler held_write_, teardown_;
  bool queueing_ = false, sealed_ = false;
};

/// Found by Beast through the stream's namespace. The socket stays open until its owner has asked it what arrived.
template <class Handler>
void async_teardown(boost::beast::role_type, coalescing_stream& stream, Handler&& handler) {
  stream.start_teardown(std::forward<Handler>(handler));
}

} // namespace parley::gateway
