#include "tools/parley-load/frames.hpp"

#include <array>
#include <cstring>

namespace parley::load {
namespace {

constexpr std::string_view nonce = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view nonce_answer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

void mask(char* bytes, std::size_t size, std::uint32_t key) noexcept {
  std::array<char, 4> key_bytes{};
  std::memcpy(key_bytes.data(), &key, sizeof key);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key_bytes[i & 3]);
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

} // namespace

void append_frame(std::string& out, opcode code, std::string_view payload, std::uint32_t key) {
  out.push_back(static_cast<char>(0x80U | static_cast<std::uint8_t>(code)));
  auto const size = payload.size();
  auto const length_bytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  auto const short_length = length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U;
  out.push_back(static_cast<char>(0x80U | short_length));
  for (int i = length_bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i) & 0xFFU));
  out.append(reinterpret_cast<char const*>(&key), sizeof key);
  auto const start = out.size();
  out.append(payload);
  if (key != 0) mask(out.data() + start, size, key);
}

std::string upgrade_request(std::string_view host_and_port, std::string_view target, std::string_view subprotocol) {
  std::string request;
  request.append("GET ").append(target).append(" HTTP/1.1\r\nHost: ").append(host_and_port);
  request.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  request.append(nonce).append("\r\n");
  if (!subprotocol.empty()) request.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  return request.append("\r\n");
}

bool upgrade_accepted(std::string_view head) noexcept {
  if (!head.starts_with("HTTP/1.1 101")) return false;
  for (auto line_end = head.find("\r\n"); line_end != std::string_view::npos; line_end = head.find("\r\n")) {
    auto const line = head.substr(0, line_end);
    head.remove_prefix(line_end + 2);
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), "sec-websocket-accept"))
      continue;
    auto value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    return value == nonce_answer;
  }
  return false;
}

} // namespace parley::load
