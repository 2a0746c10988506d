#include "gateway/protocol/engineio_packet.hpp"

#include <algorithm>
#include <sodium.h>

namespace parley::gateway::engineio {
namespace {

constexpr char binary_mark = 'b';
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL;

result<std::string> bytes_of(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const bool fine = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                      text.size(), nullptr, &size, &end, base64) == 0;
  if (!fine || end != text.data() + text.size()) return fail(errc::malformed, "a binary packet must be base64");
  bytes.resize(size);
  return bytes;
}

} // namespace

result<packet> parse_packet(std::string_view text) {
  if (text.empty()) return fail(errc::malformed, "a packet must not be empty");
  const char type = text.front();
  if (type == binary_mark)
    return bytes_of(text.substr(1)).map([](std::string&& bytes) {
      return packet{packet_type::message, std::move(bytes), true};
    });
  if (type < '0' || type > '6') return fail(errc::malformed, "a packet must begin with its type, 0 to 6");
  return packet{static_cast<packet_type>(type), std::string{text.substr(1)}, false};
}

result<std::vector<packet>> parse_payload(std::string_view payload, std::size_t packets_max) {
  const auto count = static_cast<std::size_t>(std::ranges::count(payload, separator)) + 1;
  if (count > packets_max) return fail(errc::malformed, "too many packets in a payload");
  std::vector<packet> packets;
  packets.reserve(count);
  for (std::size_t begin = 0; begin <= payload.size();) {
    const auto end = std::min(payload.find(separator, begin), payload.size());
    auto one = parse_packet(payload.substr(begin, end - begin));
    if (!one) return tl::make_unexpected(std::move(one.error()));
    packets.push_back(std::move(*one));
    begin = end + 1;
  }
  return packets;
}

void append_packet(std::string& out, packet_type type, std::string_view data) {
  out.push_back(static_cast<char>(type));
  out.append(data);
}

void append_binary_message(std::string& out, std::string_view bytes) {
  out.push_back(binary_mark);
  const auto before = out.size(), room = sodium_base64_encoded_len(bytes.size(), base64); // with a NUL at its end
  out.resize(before + room);
  sodium_bin2base64(out.data() + before, room, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    base64);
  out.pop_back();
}

} // namespace parley::gateway::engineio
