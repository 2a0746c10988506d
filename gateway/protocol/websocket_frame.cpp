#include "gateway/protocol/websocket_frame.hpp"

#include <cstdint>

namespace parley::gateway {
namespace {

constexpr char final_text = static_cast<char>(0x81), final_binary = static_cast<char>(0x82); // FIN, opcodes 1 and 2
constexpr std::size_t short_max = 125; // longer payloads carry their length in 2 or 8 further bytes
constexpr char two_bytes = 126, eight_bytes = 127;

void append_big_endian(std::string& out, std::uint64_t n, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xFF));
}

void append_header(std::string& out, char kind, std::size_t size) {
  out.push_back(kind);
  if (size <= short_max) {
    out.push_back(static_cast<char>(size));
  } else if (size <= UINT16_MAX) {
    out.push_back(two_bytes);
    append_big_endian(out, size, 2);
  } else {
    out.push_back(eight_bytes);
    append_big_endian(out, size, 8);
  }
}

} // namespace

void append_text_header(std::string& out, std::size_t size) { append_header(out, final_text, size); }

void append_text_frame(std::string& out, std::string_view payload) {
  append_header(out, final_text, payload.size());
  out.append(payload);
}

void append_binary_frame(std::string& out, std::string_view payload) {
  append_header(out, final_binary, payload.size());
  out.append(payload);
}

} // namespace parley::gateway
