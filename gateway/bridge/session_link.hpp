#pragma once
// Where a connection and its session meet. The connection's side (gateway/framing) owns a `session_link` and calls it
// on its own loop; the session's side reaches the connection through `connection`, also on the connection's loop.

#include "events/clock.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "gateway/protocol/client_message.hpp"
#include "gateway/protocol/codec.hpp"

#include <map>
#include <memory>
#include <string>

namespace parley::gateway {

struct connection_ref {
  std::size_t loop = 0; ///< index of its io loop
  std::uint64_t id = 0; ///< unique in the process
};

/// What a connection came with. All of it is the client's word: the bridge checks.
struct hello {
  std::string token;      ///< JWT; empty: a guest, unless the first frame brings one
  std::string session;    ///< of an earlier greeting; empty: a new session
  std::string resume;     ///< of the same greeting
  std::string address;    ///< IP address, for limits
  std::string user_agent; ///< at most 256 bytes
  bool aliases = true;    ///< false (`?aliases=none`): each push once, under its first name
  bool complete = false;  ///< nothing more of this comes with a first message
  /// Of streams, the last seq that the client of `session` says it was told: never less than what we know arrived.
  std::map<stream_id, version> told{};
  nlohmann::json auth{}; ///< what a Socket.IO client sent as such, as it came
};

enum class goodbye {
  clean, ///< the client closed with 1000 or without a code: it leaves at once
  lost   ///< anything else: it may come back within the grace period
};

class session_link {
public:
  virtual ~session_link() = default;
  /// One message of the client. Exactly one `connection::answer` follows for each, also when it carried no ack number.
  virtual void receive(client_message message) = 0;
  /// The connection has room again: its queue, once above the limit, fell below half of it.
  virtual void drained() = 0;
  /// A ping goes out now; and its pong came: what was written before that ping has arrived.
  virtual void pinged() = 0;
  virtual void ponged() = 0;
  /// The connection is gone; called once, nothing after it.
  virtual void closed(goodbye how) = 0;
};

/// WebSocket close codes of ours (RFC 6455 section 7.4.2: 4000-4999 are private).
enum class close_code : std::uint16_t {
  normal = 1000,
  come_back = 1001, ///< the server goes away: reconnect with `resume`
  protocol_error = 1002,
  bad_data = 1007, ///< not UTF-8
  policy = 1008,
  too_big = 1009,
  internal = 1011,
  try_later = 1013,
  log_in_again = 4401, ///< token invalid, expired or revoked
  taken_over = 4409,   ///< another connection resumed this session
  slow_down = 4429,    ///< too many messages
};

/// One client connection as the bridge and the hub see it, whatever its framing. Used on its own loop only.
class connection {
public:
  virtual ~connection() = default;
  /// The answer to a `receive`: written when `ack` is set, or as `exception` for an error without one; in any case it
  /// gives back the credit the message took.
  virtual void answer(std::optional<std::uint64_t> ack, const result<std::string>& body) = 0;
  /// The session is there: its id, the secret it comes back with, and the body of `connected`.
  virtual void greet(std::string_view session, std::string_view resume, std::string_view body) = 0;
  /// Something for this client alone, in its framing.
  virtual void push(std::string_view name, std::string_view alias, std::string_view body) = 0;
  /// Queues bytes that are framed already: a slice of `blob`, kept alive until written.
  virtual void write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) = 0;
  /// Bytes queued and not yet taken by the kernel.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;
  /// True when all that was written has been acknowledged by the other side's TCP (queue empty and SIOCOUTQ 0).
  [[nodiscard]] virtual bool all_acknowledged() const noexcept = 0;
  /// How it is told things now, shared by all connections that are told them so; outlives the connection. It may be
  /// another one from one turn to the next (an upgrade from polling).
  [[nodiscard]] virtual const codec& framing() const noexcept = 0;
  [[nodiscard]] virtual connection_ref ref() const noexcept = 0;
  /// Flushes what is queued, then closes with a code and a reason that says what to do.
  virtual void close(close_code code, std::string_view reason) = 0;
};

/// Opens the session's side of new connections; one for each io loop, called on that loop.
class session_opener {
public:
  virtual ~session_opener() = default;
  /// The link keeps no ownership of the connection beyond `session_link::closed`.
  [[nodiscard]] virtual std::shared_ptr<session_link> open(std::shared_ptr<connection> c, hello h) = 0;
};

} // namespace parley::gateway
