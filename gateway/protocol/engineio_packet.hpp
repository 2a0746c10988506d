#pragma once
// Engine.IO protocol version 4: packets as text frames, as binary frames and in the payloads of HTTP long-polling
// (schema/protocols.md, "Engine.IO"). Pure; whatever comes in is bounded by its own size.

#include "events/errors.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway::engineio {

enum class packet_type : char {
  open = '0',
  close = '1',
  ping = '2',
  pong = '3',
  message = '4',
  upgrade = '5',
  noop = '6'
};

struct packet {
  packet_type type = packet_type::noop;
  std::string data;
  bool binary = false; ///< a message of bytes
};

/// Between the packets of a payload.
inline constexpr char separator = '\x1e';

/// One text frame, or one packet of a payload; `b` and base64 is a binary message. errc::malformed for an empty one,
/// another type, or broken base64 (RFC 4648 section 4).
[[nodiscard]] result<packet> parse_packet(std::string_view text);
/// The packets of a payload, in order. errc::malformed when one of them is, or there are more than `packets_max`.
[[nodiscard]] result<std::vector<packet>> parse_payload(std::string_view payload, std::size_t packets_max);

/// Append a packet as text, without frame or separator.
void append_packet(std::string& out, packet_type type, std::string_view data = {});
void append_binary_message(std::string& out, std::string_view bytes);

} // namespace parley::gateway::engineio
