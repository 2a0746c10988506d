#include "gateway/net/client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>

namespace parley::gateway {
namespace {

constexpr std::size_t entries_max = 32;
constexpr unsigned v6_bits = 128, v4_in_v6_bits = 96;

using address_bytes = std::array<std::uint8_t, 16>;

bool is_v4(const address_bytes& a) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(mapped.begin(), mapped.end(), a.begin());
}

std::optional<address_bytes> parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  address_bytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, terminated.data(), &bytes[12]) == 1) return bytes;
  if (inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::string text_of(const address_bytes& a) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(a))
    inet_ntop(AF_INET, &a[12], text.data(), text.size());
  else
    inet_ntop(AF_INET6, a.data(), text.data(), text.size());
  return text.data();
}

std::optional<unsigned> parse_number(std::string_view digits, unsigned most) {
  unsigned n = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (bad != std::errc{} || end != digits.data() + digits.size() || n > most) return std::nullopt;
  return n;
}

bool bit(const address_bytes& a, unsigned at) { return (a[at / 8] >> (7 - at % 8) & 1) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
std::optional<address_bytes> parse_entry(std::string_view entry) {
  std::string_view host = entry, port;
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = entry.substr(1, end - 1);
    port = entry.substr(end + 1);
    if (host.find(':') == std::string_view::npos) return std::nullopt;
  } else if (const auto colon = entry.find(':'); colon != std::string_view::npos && colon == entry.rfind(':')) {
    host = entry.substr(0, colon);
    port = entry.substr(colon);
  }
  if (!port.empty() && (port.front() != ':' || !parse_number(port.substr(1), 65535))) return std::nullopt;
  return parse_address(host);
}

} // namespace

bool address_ranges::add(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto host = text.substr(0, slash);
  const auto address = parse_address(host);
  if (!address) return false;
  const unsigned begin = host.find(':') == std::string_view::npos ? v4_in_v6_bits : 0;
  unsigned prefix = v6_bits;
  if (slash != text.size()) {
    const auto bits = parse_number(text.substr(slash + 1), v6_bits - begin);
    if (!bits) return false;
    prefix = begin + *bits;
  }
  for (unsigned i = prefix; i < v6_bits; ++i)
    if (bit(*address, i)) return false;
  ranges_.push_back({*address, prefix});
  return true;
}

bool address_ranges::contains(std::string_view text) const noexcept {
  if (ranges_.empty()) return false;
  const auto address = parse_address(text);
  if (!address) return false;
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const range& r) {
    for (unsigned i = 0; i < r.prefix; ++i)
      if (bit(*address, i) != bit(r.first, i)) return false;
    return true;
  });
}

std::string client_address(std::string_view peer, const std::vector<std::pair<std::string, std::string>>& headers,
                           const address_ranges& trusted) {
  std::string client{peer};
  if (!trusted.contains(peer)) return client;
  std::size_t entries = 0;
  // Several lines are one list (RFC 9110 section 5.3): the last line is the rightmost.
  for (auto line = headers.rbegin(); line != headers.rend(); ++line) {
    if (line->first != "x-forwarded-for") continue;
    std::string_view rest = line->second;
    for (bool more = true; more;) {
      const auto comma = rest.rfind(',');
      more = comma != std::string_view::npos;
      const auto entry = trimmed(more ? rest.substr(comma + 1) : rest);
      rest = rest.substr(0, more ? comma : 0);
      if (++entries > entries_max) return client;
      if (entry.empty()) continue; // RFC 9110 section 5.6.1.2
      const auto address = parse_entry(entry);
      if (!address) return client;
      client = text_of(*address);
      if (!trusted.contains(client)) return client;
    }
  }
  return client;
}

} // namespace parley::gateway
