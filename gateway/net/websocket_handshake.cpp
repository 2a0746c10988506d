#include "gateway/net/websocket_handshake.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// True when a header of that name lists `word`, in any of its lines.
bool lists(const http_request& request, std::string_view name, std::string_view word) {
  for (const auto& [header, value] : request.headers) {
    if (header != name) continue;
    for (std::string_view rest = value; !rest.empty();) {
      auto item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      if (same_word(item, word)) return true;
    }
  }
  return false;
}

std::string_view only(const http_request& request, std::string_view name) {
  std::string_view found;
  for (const auto& [header, value] : request.headers) {
    if (header != name) continue;
    if (!found.empty()) return {};
    found = value;
  }
  return found;
}

/// 16 bytes in base64.
bool is_key(std::string_view key) {
  const auto is_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, is_digit);
}

} // namespace

result<void> check_handshake(const http_request& request) {
  if (request.method != "GET") return fail(errc::method_not_allowed);
  if (!lists(request, "upgrade", "websocket") || !lists(request, "connection", "upgrade"))
    return fail(errc::malformed, "this is a WebSocket endpoint: connect with ws:// or wss://");
  if (only(request, "sec-websocket-version") != "13") return fail(errc::malformed, "the WebSocket version must be 13");
  if (!is_key(only(request, "sec-websocket-key")))
    return fail(errc::malformed, "Sec-WebSocket-Key must be 16 bytes in base64");
  return {};
}

bool offers_subprotocol(const http_request& request) {
  return lists(request, "sec-websocket-protocol", websocket_subprotocol);
}

} // namespace parley::gateway
