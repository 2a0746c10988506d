#pragma once
// The one connection behind serve_websocket.hpp, for its two halves: what comes in and goes out
// (websocket_session.cpp), and how it ends (websocket_close.cpp). Nobody else includes this: it brings Beast.

#include "gateway/net/coalescing_stream.hpp"
#include "gateway/net/line.hpp"
#include "gateway/net/liveness.hpp"
#include "gateway/net/message_buffer.hpp"
#include "gateway/net/serve_websocket.hpp"

#include <boost/beast/websocket/stream.hpp>

namespace parley::gateway {

class websocket_session final : public line,
                                public live_connection,
                                public flushable,
                                public coalescing_stream::owner,
                                public std::enable_shared_from_this<websocket_session> {
public:
  websocket_session(std::shared_ptr<net_loop> net, std::uint64_t id, tcp_socket socket, std::shared_ptr<line_user> user,
                    admission::ticket ticket);
  /// Known to its loop already.
  void accept(const http_request& handshake, std::vector<std::pair<std::string, std::string>> headers);

  // line
  void send(std::string_view message, bool binary) override;
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queue().bytes(); }
  [[nodiscard]] bool all_acknowledged() const noexcept override;
  [[nodiscard]] connection_ref ref() const noexcept override { return {net_->loop().index(), id_}; }
  void read_on() override { read(); }
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
  using error_code = boost::system::error_code;
  using stream = boost::beast::websocket::stream<coalescing_stream, false>;

  [[nodiscard]] write_queue& queue() noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] const write_queue& queue() const noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] tcp_socket& socket() noexcept { return stream_.next_layer().next_layer(); }
  [[nodiscard]] bool is_full() const noexcept { return queue().bytes() > full_bytes(); }
  /// Queued bytes over which reading stops.
  [[nodiscard]] std::size_t full_bytes() const noexcept { return 4 * net_->limits().queue_bytes_max; }
  [[nodiscard]] bool takes_writes() const noexcept {
    return open_ && !finished_ && !broken_ && !stream_.next_layer().sealed();
  }

  void opened(error_code ec);
  void read();
  void on_read(error_code ec, std::size_t size);
  void on_control(boost::beast::websocket::frame_type kind, std::string_view payload);
  void mark_dirty();
  void wait_writable();
  [[nodiscard]] int unacknowledged_bytes() const noexcept;
  void ping(time now);
  void drain_teardown();
  [[nodiscard]] goodbye farewell() const;
  [[nodiscard]] std::uint16_t close_code_heard() const;
  void cut();
  void finish(goodbye how);

  const std::shared_ptr<net_loop> net_;
  const std::uint64_t id_;
  admission::ticket ticket_;
  stream stream_;
  std::shared_ptr<line_user> user_; // until the connection is gone

  message_buffer incoming_;
  liveness liveness_;
  time since_; // of the handshake; of the close once closing
  std::size_t message_bytes_max_ = 0, teardown_bytes_ = 0;
  bool open_ = false, closing_ = false, finished_ = false, broken_ = false;
  bool reading_ = false, handling_ = false, dirty_ = false, waiting_writable_ = false, above_ = false;
  bool tearing_down_ = false, shut_down_sent_ = false, client_closed_ = false;
  bool cut_short_ = false; // something came to be sent behind the close frame: not all of it can have arrived
};

} // namespace parley::gateway
