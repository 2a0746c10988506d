#include "gateway/profiles/profile_map.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::size_t rules_max = 64;

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// `[::1]:8080` and `example.org:8080` without the port.
std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  const auto bracket = host.rfind(']');
  return colon == host.npos || (bracket != host.npos && bracket > colon) ? host : host.substr(0, colon);
}

result<profile_rule> parse_rule(std::string_view text) {
  const auto equals = text.rfind('=');
  const auto pattern = trimmed(text.substr(0, equals));
  const auto name = equals == text.npos ? std::string_view{} : trimmed(text.substr(equals + 1));
  if (pattern.empty() || name.empty())
    return fail(errc::invalid, "`" + std::string{text} +
                                   "` is no rule for profiles; one is ORIGIN=NAME, HOST=NAME or "
                                   "/PATH=NAME");
  profile_rule made;
  made.profile = name;
  if (pattern.starts_with('/')) {
    made.is = profile_rule::kind::path;
    made.pattern = pattern;
    while (made.pattern.size() > 1 && made.pattern.ends_with('/')) made.pattern.pop_back();
  } else if (pattern.find("://") != pattern.npos) {
    made.is = profile_rule::kind::origin;
    made.pattern = lower(pattern.ends_with('/') ? pattern.substr(0, pattern.size() - 1) : pattern);
  } else {
    made.pattern = lower(without_port(pattern));
  }
  return made;
}

} // namespace

std::string_view profile_hints::asked() const noexcept {
  return !asked_by_query.empty() ? asked_by_query : !asked_by_header.empty() ? asked_by_header : asked_by_auth;
}

bool profile_rule::applies(const profile_hints& to) const {
  switch (is) {
  case kind::origin: return !to.origin.empty() && lower(to.origin) == pattern;
  case kind::host: return !to.host.empty() && lower(without_port(to.host)) == pattern;
  case kind::path: break;
  }
  if (pattern == "/") return to.path.starts_with('/');
  return to.path.starts_with(pattern) && (to.path.size() == pattern.size() || to.path[pattern.size()] == '/');
}

result<std::vector<profile_rule>> parse_profile_rules(std::string_view text) {
  std::vector<profile_rule> rules;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto one = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    if (rules.size() == rules_max) return fail(errc::invalid, "there are more than 64 rules for profiles");
    auto rule = parse_rule(one);
    if (!rule) return tl::make_unexpected(std::move(rule.error()));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

} // namespace parley::gateway
