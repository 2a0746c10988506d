#pragma once
// What differs between the servers: how a client is let in, how a message is written, what a frame is. Stateless apart
// from what the constructor is given; the connection keeps the phase. schema/ describes Parley's vocabulary and
// framings, https://socket.io/docs/v4/socket-io-protocol/ the framing of Socket.IO, peer/server.mjs the peer's words.

#include <memory>
#include <string>
#include <string_view>

namespace parley::load {

enum class incoming : unsigned char {
  delivery,  ///< a message; its text is in the frame
  greeting,  ///< connected: `next_step` says what to send
  admitted,  ///< let in, may join
  joined,    ///< the join was acknowledged
  ack,       ///< a message was acknowledged
  heartbeat, ///< to be answered with heartbeat_answer()
  refusal,   ///< an error the server reports
  other,     ///< somebody joined, left, …
};

class dialect {
public:
  virtual ~dialect() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view target() const = 0; ///< of the upgrade request
  [[nodiscard]] virtual std::string_view subprotocol() const = 0;

  /// Every delivery starts with this, byte for byte, so that most frames are told apart without searching them.
  [[nodiscard]] virtual std::string_view delivery_prefix() const = 0;
  [[nodiscard]] virtual incoming classify(std::string_view frame) const = 0;

  /// What to send after the greeting, if anything, and what answers a heartbeat.
  [[nodiscard]] virtual std::string_view greeting_answer() const = 0;
  [[nodiscard]] virtual std::string_view heartbeat_answer() const = 0;
  /// Whether the greeting alone lets a client in.
  [[nodiscard]] bool greeting_admits() const { return greeting_answer().empty(); }

  [[nodiscard]] virtual std::string join(std::string_view room, std::string_view name) const = 0;
  /// A message around `text`; `acknowledged` asks the server for an acknowledgement of each.
  [[nodiscard]] virtual std::string message(std::string_view room, std::string_view text, bool acknowledged) const = 0;
};

std::unique_ptr<dialect> make_native_dialect();
std::unique_ptr<dialect> make_socketio_dialect();
std::unique_ptr<dialect> make_peer_dialect();

} // namespace parley::load
