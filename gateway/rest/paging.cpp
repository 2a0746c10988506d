#include "gateway/rest/paging.hpp"

#include <algorithm>
#include <charconv>

namespace parley::gateway {
namespace {

constexpr std::size_t limit_max = 200, cursor_bytes_max = 512;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text, std::string_view kept = {}) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(hex[byte >> 4]);
    out.push_back(hex[byte & 15]);
  }
}

bool has(const http_request& request, std::string_view name) {
  return std::any_of(request.query.begin(), request.query.end(), [&](const auto& each) { return each.first == name; });
}

} // namespace

result<page_request> read_page(const http_request& request) {
  page_request p;
  if (has(request, "limit")) {
    const auto text = request.parameter("limit");
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), p.limit);
    if (bad != std::errc{} || end != text.data() + text.size() || p.limit < 1 || p.limit > limit_max)
      return fail(errc::invalid, "limit must be 1 to 200");
  }
  if (has(request, "cursor")) {
    p.after = request.parameter("cursor");
    if (p.after.empty() || p.after.size() > cursor_bytes_max ||
        !std::all_of(p.after.begin(), p.after.end(), [](char c) { return is_unreserved(c) || c == '='; }))
      return fail(errc::malformed, "this cursor is not one this list gave");
  }
  return p;
}

std::string filters::text(std::string_view name, std::size_t bytes_max) {
  const auto given = request_.parameter(name);
  const bool one_line = std::all_of(given.begin(), given.end(),
                                    [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (given.size() <= bytes_max && one_line && is_utf8(given)) return std::string{given};
  if (!refusal_)
    refusal_ =
        error{errc::invalid, std::string{name} + " takes at most " + std::to_string(bytes_max) + " bytes of text", 0};
  return {};
}

std::string next_link(const http_request& request, std::string_view next) {
  std::string link{"<"};
  append_encoded(link, request.path, "/");
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    if (name == "cursor") continue;
    link.push_back(std::exchange(separator, '&'));
    append_encoded(link, name);
    link.push_back('=');
    append_encoded(link, value);
  }
  link.push_back(separator);
  link.append("cursor=");
  append_encoded(link, next);
  return link.append(">; rel=\"next\"");
}

} // namespace parley::gateway
