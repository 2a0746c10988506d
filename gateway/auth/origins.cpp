#include "gateway/auth/origins.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

bool is_allowed_origin(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed) {
  if (origin.empty()) return false;
  if (std::any_of(allowed.begin(), allowed.end(), [&](const auto& each) { return same_text(each, origin); }))
    return true;
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos || host.empty()) return false;
  const auto name = origin.substr(0, scheme);
  return (same_text(name, "http") || same_text(name, "https")) && same_text(origin.substr(scheme + 3), host);
}

result<void> check_origin(const http_request& request, const std::vector<std::string>& allowed) {
  const auto origin = request.header("origin");
  if (!origin.empty()) {
    if (!is_allowed_origin(origin, request.header("host"), allowed)) return fail(errc::origin_not_allowed);
    return {};
  }
  const auto site = request.header("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return fail(errc::origin_not_allowed);
  return {};
}

} // namespace parley::gateway
