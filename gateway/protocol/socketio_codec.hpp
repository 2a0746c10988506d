#pragma once
// How Socket.IO clients of one namespace are told things, over either transport of Engine.IO. Immutable: one instance
// serves all connections of its options, from any thread.

#include "gateway/protocol/codec.hpp"

#include <utility>
#include <vector>

namespace parley::gateway {

enum class engineio_transport { polling, websocket };

class socketio_codec final : public codec {
public:
  struct options {
    std::string nsp = "/";
    engineio_transport transport = engineio_transport::websocket;
    bool aliases = true;
    bool offsets = true; ///< durable events end with how far they are, by which the client comes back
  };
  explicit socketio_codec(options o);

  void append_push(std::string& out, const push& p) const override;
  [[nodiscard]] bool marks_places() const noexcept override { return options_.offsets; }
  /// An event `offset` that nobody listens to; its only argument is the offset.
  void append_marks(std::string& out, std::span<const mark> all) const override;

  /// Appends an event of somebody else's words: `args` is JSON array text; a durable one of `p`'s place in its stream.
  void append_foreign(std::string& out, std::string_view name, std::string_view args, const push& p) const;

private:
  [[nodiscard]] std::string offset_of(const push& p) const;
  void append_event(std::string& out, std::string_view name, std::string_view body, std::string_view offset) const;

  const options options_;
  std::string head_; ///< of every event: Engine.IO's and Socket.IO's types and the namespace
};

/// Appends one packet of Engine.IO as the transport carries it: a WebSocket frame, or a part of a payload and the
/// separator behind it.
void append_message(std::string& out, engineio_transport transport, std::string_view packet);

/// An offset is the client's own memory of how far it is: `stream:seq`, several of them one a line. Whatever else a
/// client sends as its offset tells nothing: an empty list. At most 64 of them.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> parse_offset(std::string_view offset);

} // namespace parley::gateway
