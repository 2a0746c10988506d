#pragma once
// One WebSocket as its framing sees it, and the framing as the WebSocket sees it. Whole messages in both directions;
// sockets, deadlines, pings and the close path stay below (websocket_session), events and sessions above
// (gateway/framing).
//
// Everything on the connection's loop. The line owns its user from the handshake until `closed`; a user may keep the
// line, which does nothing any more once it is closed.

#include "gateway/bridge/session_link.hpp"

#include <memory>
#include <string_view>

namespace parley::gateway {

class line {
public:
  virtual ~line() = default;
  /// Queues one text or binary message; it leaves at the turn's end. Nothing after `close`.
  virtual void send(std::string_view message, bool binary) = 0;
  /// Queues bytes that are WebSocket frames already: a slice of `blob`, kept alive until written.
  virtual void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) = 0;
  /// Bytes queued and not yet taken by the kernel.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;
  /// True when all that was written has been acknowledged by the other side's TCP (queue empty and SIOCOUTQ 0).
  [[nodiscard]] virtual bool all_acknowledged() const noexcept = 0;
  [[nodiscard]] virtual connection_ref ref() const noexcept = 0;
  /// The user takes more messages than it did: reading goes on.
  virtual void read_on() = 0;
  /// Flushes what is queued, then closes with a code and a reason that says what to do.
  virtual void close(close_code code, std::string_view reason) = 0;
};

class line_user {
public:
  virtual ~line_user() = default;
  /// The handshake is over. Not called when the client vanished before: then `closed` is not called, either.
  virtual void opened(std::shared_ptr<line> on) = 0;
  virtual void received(std::string_view message, bool binary) = 0;
  /// False: no further message is read until `line::read_on`.
  [[nodiscard]] virtual bool takes_more() const noexcept = 0;
  /// The longest message it takes, in bytes; a longer one closes with 1009.
  [[nodiscard]] virtual std::size_t message_bytes_max() const noexcept = 0;
  /// The client pings by WebSocket control frames; false: end the connection, it pings too much.
  [[nodiscard]] virtual bool takes_ping() = 0;
  /// The queue, once above the limit, fell below half of it.
  virtual void drained() = 0;
  /// A ping goes out now; and its pong came: what was written before that ping has arrived.
  virtual void pinged() = 0;
  virtual void ponged() = 0;
  /// The connection is gone; called once, nothing after it. `code` is the client's close frame's (RFC 6455 section
  /// 7.1.5): 1005 for one without a code, 1006 when there was none.
  virtual void closed(goodbye how, std::uint16_t code) = 0;
  /// Lets go of everything outside, telling nobody: the loop runs no more.
  virtual void dropped() noexcept = 0;
};

} // namespace parley::gateway
