#include "gateway/rest/conditions.hpp"

#include <charconv>

namespace parley::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

} // namespace

std::string etag_of(version v) { return '"' + std::to_string(v) + '"'; }

result<std::optional<version>> read_if_match(const http_request& request) {
  const auto wanted = trimmed(request.header("if-match"));
  if (wanted.empty() || wanted == "*") return std::nullopt;
  if (wanted.find(',') != std::string_view::npos) return fail(errc::malformed, "If-Match takes one tag");
  version v = 0;
  if (wanted.size() < 3 || wanted.front() != '"' || wanted.back() != '"') return fail(errc::precondition_failed);
  const auto digits = wanted.substr(1, wanted.size() - 2);
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), v);
  if (bad != std::errc{} || end != digits.data() + digits.size()) return fail(errc::precondition_failed);
  return v;
}

bool has_it_already(const http_request& request, version v) { return has_it_already(request, etag_of(v)); }

bool has_it_already(const http_request& request, std::string_view ours) {
  for (auto rest = request.header("if-none-match"); !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    auto tag = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == ours) return true;
  }
  return false;
}

} // namespace parley::gateway
