#include "gateway/protocol/websocket_frame.hpp"

#include <cstdint>

namespace parley::gateway {
namespace {

constexpr char final_text = static_cast<char>(0x81); // FIN, opcode 1
constexpr std::size_t short_max = 125;               // longer payloads carry their length in 2 or 8 further bytes
constexpr char two_bytes = 126, eight_bytes = 127;

void append_big_endian(std::string& out, std::uint64_t n, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xFF));
}

} // namespace

void append_text_frame(std::string& out, std::string_view payload) {
  out.push_back(final_text);
  if (payload.size() <= short_max) {
    out.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() <= UINT16_MAX) {
    out.push_back(two_bytes);
    append_big_endian(out, payload.size(), 2);
  } else {
    out.push_back(eight_bytes);
    append_big_endian(out, payload.size(), 8);
  }
  out.append(payload);
}

} // namespace parley::gateway
