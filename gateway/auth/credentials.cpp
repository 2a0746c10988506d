#include "gateway/auth/credentials.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool names_bearer(std::string_view scheme) {
  constexpr std::string_view bearer = "bearer";
  return std::equal(scheme.begin(), scheme.end(), bearer.begin(), bearer.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

} // namespace

std::string_view cookie_value(const http_request& request, std::string_view name) noexcept {
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return {};
}

credentials read_credentials(const http_request& request) {
  const auto authorization = trimmed(request.header("authorization"));
  const auto space = authorization.find(' ');
  if (space != std::string_view::npos && names_bearer(authorization.substr(0, space)))
    return {std::string{trimmed(authorization.substr(space))}, false};
  return {std::string{cookie_value(request, "token")}, true};
}

} // namespace parley::gateway
