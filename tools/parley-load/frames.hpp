#pragma once
// The part of RFC 6455 that a text-only client needs: parsing the server's frames where they were read, and writing
// masked ones. Nothing here knows about sockets. One thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::load {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct frame {
  opcode code{};
  bool fin = false;
  std::string_view payload; ///< a view of the bytes it was parsed from
};

enum class parse_status : std::uint8_t { complete, incomplete, invalid };

struct parse_result {
  parse_status status{};
  /// complete: the frame's whole length; incomplete: how many bytes are needed at least to know more.
  std::size_t bytes = 0;
  frame parsed{};
};

/// Parses one frame at the start of `bytes` (RFC 6455, 5.2). Invalid: a masked frame (servers must not mask), reserved
/// bits or opcodes, a fragmented or long control frame, a payload over `payload_bytes_max`.
[[nodiscard]] inline parse_result parse_frame(std::string_view bytes, std::size_t payload_bytes_max) noexcept {
  if (bytes.size() < 2) return {parse_status::incomplete, 2, {}};
  auto const byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  auto const code = static_cast<std::uint8_t>(byte(0) & 0x0F);
  bool const fin = (byte(0) & 0x80) != 0;
  bool const control = code >= 8;
  bool const known = code <= 2 || (code >= 8 && code <= 10);
  if ((byte(0) & 0x70) != 0 || (byte(1) & 0x80) != 0 || !known) return {parse_status::invalid, 0, {}};
  std::size_t length = byte(1);
  std::size_t header = 2;
  if (control && (!fin || length > 125)) return {parse_status::invalid, 0, {}};
  if (length == 126) {
    header = 4;
    if (bytes.size() < header) return {parse_status::incomplete, header, {}};
    length = static_cast<std::size_t>(byte(2) << 8 | byte(3));
  } else if (length == 127) {
    header = 10;
    if (bytes.size() < header) return {parse_status::incomplete, header, {}};
    length = 0;
    for (std::size_t i = 2; i < 10; ++i) length = length << 8 | byte(i);
  }
  if (length > payload_bytes_max) return {parse_status::invalid, 0, {}};
  auto const total = header + length;
  if (bytes.size() < total) return {parse_status::incomplete, total, {}};
  return {parse_status::complete, total, {static_cast<opcode>(code), fin, bytes.substr(header, length)}};
}

/// Turns the bytes of one connection, cut anywhere, into messages. A message that lies whole in one chunk is handed
/// out as a view of that chunk; only what a chunk's end cuts off, and fragmented messages, are copied.
class frame_reader {
public:
  explicit frame_reader(std::size_t message_bytes_max) noexcept
    : message_bytes_max_{message_bytes_max} {}

  /// Calls `handle(opcode, payload) -> bool` for each whole message and control frame; the view ends with the call, and
  /// returning false drops the rest. Returns false after a protocol violation: the connection must be closed.
  template <class Handler>
  [[nodiscard]] bool consume(std::string_view chunk, Handler&& handle) {
    while (!cut_.empty()) {
      auto const result = parse_frame(cut_, message_bytes_max_);
      if (result.status == parse_status::invalid) return false;
      if (result.status == parse_status::incomplete) {
        if (chunk.empty()) return true;
        auto const taken = std::min(result.bytes - cut_.size(), chunk.size());
        cut_.append(chunk.substr(0, taken));
        chunk.remove_prefix(taken);
        continue;
      }
      // Only as much was appended as this frame needs, so it is all there is.
      auto const whole = std::move(cut_);
      cut_.clear();
      auto const again = parse_frame(whole, message_bytes_max_);
      switch (accept(again.parsed, handle)) {
      case verdict::go_on: break;
      case verdict::stop: return true;
      case verdict::violation: return false;
      }
    }
    while (!chunk.empty()) {
      auto const result = parse_frame(chunk, message_bytes_max_);
      if (result.status == parse_status::invalid) return false;
      if (result.status == parse_status::incomplete) {
        cut_.assign(chunk);
        return true;
      }
      chunk.remove_prefix(result.bytes);
      switch (accept(result.parsed, handle)) {
      case verdict::go_on: break;
      case verdict::stop: return true;
      case verdict::violation: return false;
      }
    }
    return true;
  }

private:
  enum class verdict : std::uint8_t { go_on, stop, violation };

  template <class Handler>
  verdict accept(frame const& f, Handler& handle) {
    auto const hand_out = [&](opcode code, std::string_view payload) {
      return handle(code, payload) ? verdict::go_on : verdict::stop;
    };
    bool const data = f.code <= opcode::binary;
    if (!data || (f.fin && f.code != opcode::continuation && !fragmented_)) return hand_out(f.code, f.payload);
    // A new message inside an unfinished one, or a continuation of nothing (RFC 6455, 5.4).
    if (fragmented_ != (f.code == opcode::continuation)) return verdict::violation;
    if (fragments_.size() + f.payload.size() > message_bytes_max_) return verdict::violation;
    if (!fragmented_) fragments_code_ = f.code;
    fragmented_ = !f.fin;
    fragments_.append(f.payload);
    if (!f.fin) return verdict::go_on;
    auto const whole = std::move(fragments_);
    fragments_.clear();
    return hand_out(fragments_code_, whole);
  }

  std::size_t message_bytes_max_;
  std::string cut_;       ///< the start of a frame whose rest has not come
  std::string fragments_; ///< the message so far, while fragmented_
  opcode fragments_code_{};
  bool fragmented_ = false;
};

/// Appends one whole client frame. Clients must mask; a `key` of zero masks without changing a byte, which spares both
/// sides the work (allowed on the wire, though a browser would never do it).
void append_frame(std::string& out, opcode code, std::string_view payload, std::uint32_t key);

/// The request that opens a WebSocket, and whether `head` (up to and including the empty line) accepts it. The nonce is
/// RFC 6455's own example: it protects against caches between, of which a load test has none.
[[nodiscard]] std::string upgrade_request(std::string_view host_and_port, std::string_view target,
                                          std::string_view subprotocol);
[[nodiscard]] bool upgrade_accepted(std::string_view head) noexcept;

} // namespace parley::load
