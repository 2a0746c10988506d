#pragma once
// The one connection behind serve_websocket.hpp, for its two halves: what comes in and goes out
// (websocket_session.cpp), and how it ends (websocket_close.cpp). Nobody else includes this: it brings Beast.

#include "gateway/net/coalescing_stream.hpp"
#include "gateway/net/liveness.hpp"
#include "gateway/net/message_buffer.hpp"
#include "gateway/net/message_rate.hpp"
#include "gateway/net/serve_websocket.hpp"

#include <boost/beast/websocket/stream.hpp>

namespace parley::gateway {

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
  using error_code = boost::system::error_code;
  using stream = boost::beast::websocket::stream<coalescing_stream, false>;

  [[nodiscard]] write_queue& queue() noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] const write_queue& queue() const noexcept { return stream_.next_layer().queue(); }
  [[nodiscard]] tcp_socket& socket() noexcept { return stream_.next_layer().next_layer(); }
  [[nodiscard]] bool is_full() const noexcept { return queue().bytes() > full_bytes(); }
  /// Queued bytes over which answers stop, and reading stops.
  [[nodiscard]] std::size_t full_bytes() const noexcept { return 4 * net_->limits().queue_bytes_max; }

  void opened(error_code ec);
  void read();
  void on_read(error_code ec, std::size_t size);
  void on_message(std::string_view text);
  void on_control(boost::beast::websocket::frame_type kind, std::string_view payload);
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

  message_buffer incoming_;
  message_rate rate_;
  liveness liveness_;
  time since_; // of the handshake; of the close once closing
  std::size_t in_flight_ = 0, teardown_bytes_ = 0;
  std::uint32_t bad_messages_ = 0;
  bool open_ = false, closing_ = false, finished_ = false, broken_ = false;
  bool reading_ = false, handling_ = false, dirty_ = false, waiting_writable_ = false, above_ = false;
  bool tearing_down_ = false, shut_down_sent_ = false, client_closed_ = false;
  bool cut_short_ = false; // something came to be sent behind the close frame: not all of it can have arrived
};

} // namespace parley::gateway
