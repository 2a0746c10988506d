#pragma once
// One Engine.IO session (protocol version 4), over HTTP long-polling or a WebSocket, and its way from the one to the
// other (schema/protocols.md, "Engine.IO"). What rides on it sees messages and one queue, whatever carries them.
//
// Everything on its loop. Its desk owns it until it is over; transports and the rider hold it while they need it.

#include "gateway/bridge/io_loop.hpp"
#include "gateway/framing/engineio_limits.hpp"
#include "gateway/net/line.hpp"
#include "gateway/protocol/engineio_packet.hpp"
#include "gateway/protocol/socketio_codec.hpp"
#include "gateway/rest/exchange.hpp"

#include <functional>
#include <memory>
#include <string>

namespace parley::gateway::engineio {

class session;

/// What rides on a session. It may end the session in any of these calls.
class rider {
public:
  virtual ~rider() = default;
  virtual void opened(std::shared_ptr<session> on) = 0;
  virtual void received(std::string_view message, bool binary) = 0;
  [[nodiscard]] virtual bool takes_more() const noexcept = 0;
  /// The client pings by WebSocket control frames; false: it pings too much.
  [[nodiscard]] virtual bool takes_ping() = 0;
  virtual void drained() = 0;
  /// Something leaves now whose arrival will be known; and it has arrived, with all before it.
  virtual void pinged() = 0;
  virtual void ponged() = 0;
  /// Over; called once, nothing after it. Clean: the client said so, or its page was left.
  virtual void closed(goodbye how) = 0;
  /// Lets go of everything outside, telling nobody: the loop runs no more.
  virtual void dropped() noexcept = 0;
};

/// Who keeps sessions while requests may come for them.
class keeper {
public:
  /// It has begun.
  virtual void keep(std::shared_ptr<session> one) = 0;
  /// A WebSocket carries it from now on.
  virtual void carried(const std::string& sid) = 0;
  /// It is over.
  virtual void release(const std::string& sid) = 0;

protected:
  ~keeper() = default;
};

/// The answer to a request that came for a session: how the desk dresses it is the desk's business.
struct reply {
  enum class kind { payload, taken, bad_request, too_large } what = kind::payload;
  std::string body{}; ///< of a payload
};
using answer_poll = std::function<void(reply)>;

class session final : public std::enable_shared_from_this<session> {
public:
  session(io_loop& loop, const limits& bounds, keeper& kept_by, std::string sid, std::shared_ptr<rider> on_it);
  ~session();

  [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
  /// The client takes bytes as base64 on a WebSocket, too (`b64=1`).
  void avoid_bytes() noexcept { base64_only_ = true; }

  // --- the client's requests and connections -------------------------------------------------------------------------

  /// The handshake came as a GET. Returns the payload that answers it.
  [[nodiscard]] std::string open_polling();
  /// A GET. Number of the poll, by which it is given up: 0, it is answered already.
  std::uint64_t poll(answer_poll done);
  /// The client hung up before poll `number` was answered.
  void give_up(std::uint64_t number);
  /// A POST's body.
  void post(std::string_view payload, const answer_poll& done);
  /// A POST that is none: its body is too large, or bytes.
  void refuse_post();
  /// Who uses a WebSocket that names this session: it may take over from polling.
  [[nodiscard]] std::shared_ptr<line_user> probing_line();
  /// Who uses the WebSocket on which the session begins.
  [[nodiscard]] static std::shared_ptr<line_user> first_line(std::shared_ptr<session> of);

  // --- the rider's side
  // -----------------------------------------------------------------------------------------------

  void send(std::string_view message, bool binary = false);
  /// Queues messages that are encoded for `transport()` already.
  void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size);
  [[nodiscard]] engineio_transport transport() const noexcept {
    return line_ ? engineio_transport::websocket : engineio_transport::polling;
  }
  [[nodiscard]] std::size_t queued_bytes() const noexcept { return line_ ? line_->queued_bytes() : waiting_.size(); }
  [[nodiscard]] bool all_acknowledged() const noexcept;
  /// The rider takes messages again.
  void read_on();
  /// What is queued is still delivered.
  void close(close_code code, std::string_view reason);

  /// The loop runs no more.
  void drop() noexcept;

private:
  class websocket;
  enum class phase { opening, open, closing, over };

  [[nodiscard]] std::string handshake(bool may_upgrade) const;
  void begin();
  void take(const packet& p);
  void put(packet_type type, std::string_view data = {});

  // polling
  void flush_later();
  [[nodiscard]] std::string take_waiting();
  void answer_held(std::string payload);
  void confirm_poll();

  void await_ping();
  void await_pong();

  // the upgrade
  [[nodiscard]] bool begin_probe(websocket& by);
  void answer_probe(websocket& by);
  void switch_to(std::shared_ptr<line> on);
  void end_probe(const websocket& which);

  /// Over, and the rider is told; `held` answers a poll that waits.
  void end(goodbye how, std::string_view held = "1");

  io_loop& loop_;
  const limits& limits_;
  keeper& keeper_;
  const std::string sid_;
  std::shared_ptr<rider> rider_; ///< until it is over
  phase phase_ = phase::opening;
  io_loop::timer heartbeat_, upgrade_deadline_;

  std::shared_ptr<line> line_; ///< what carries it once it is not polling
  websocket* probe_ = nullptr; ///< the one that may take over
  bool probed_ = false;        ///< it has been told that it may

  std::string waiting_;      ///< packets of polling, each with a separator behind it
  answer_poll held_;         ///< the poll that waits
  std::uint64_t poll_ = 0;   ///< its number
  bool unconfirmed_ = false; ///< a payload went out, and no poll came since
  bool flush_posted_ = false, base64_only_ = false;
};

} // namespace parley::gateway::engineio
