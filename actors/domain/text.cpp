#include "actors/domain/text.hpp"

#include "events/json_writer.hpp"

#include <algorithm>

namespace parley::domain {
namespace {

/// Takes the next code point off the front of `text`, which is valid UTF-8 and not empty.
char32_t next(std::string_view& text, std::size_t& length) {
  const auto lead = static_cast<unsigned char>(text.front());
  length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(length);
  return point;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Separators, direction marks and overrides, spaces without width. The joiner U+200D stays: emoji are made with it.
bool disturbs(char32_t c) {
  return is_control(c) || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || c == 0x2060 ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string cleaned(std::string_view text) {
  std::string clean;
  for (auto rest = text; !rest.empty();) {
    const auto from = text.size() - rest.size();
    std::size_t length = 0;
    const auto c = next(rest, length);
    if (c == '\t' || c == '\n')
      clean.push_back(' ');
    else if (!disturbs(c))
      clean.append(text, from, length);
  }
  const auto first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

} // namespace

result<std::string> clean_line(std::string_view text, std::size_t bytes_max, std::string_view what) {
  if (text.size() > bytes_max)
    return fail(errc::invalid, std::string{what} + " is longer than " + std::to_string(bytes_max) + " bytes");
  if (!is_utf8(text)) return fail(errc::invalid, std::string{what} + " is not valid UTF-8");
  return cleaned(text);
}

std::string clipped_line(std::string_view text, std::size_t bytes_max) {
  if (!is_utf8(text)) return {};
  auto end = std::min(text.size(), bytes_max);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return cleaned(text.substr(0, end));
}

bool is_identifier(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || !is_utf8(text)) return false;
  std::size_t length = 0;
  while (!text.empty())
    if (is_control(next(text, length))) return false;
  return true;
}

} // namespace parley::domain
