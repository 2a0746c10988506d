#include "events/json_writer.hpp"

#include <charconv>
#include <cstring>

namespace parley {
namespace {

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escaped(std::string& out, char c) {
  switch (c) {
  case '"': out.append("\\\""); return;
  case '\\': out.append("\\\\"); return;
  case '\b': out.append("\\b"); return;
  case '\f': out.append("\\f"); return;
  case '\n': out.append("\\n"); return;
  case '\r': out.append("\\r"); return;
  case '\t': out.append("\\t"); return;
  default: break;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\u00");
  out.push_back(hex[byte >> 4]);
  out.push_back(hex[byte & 15]);
}

// Eight bytes at a time, as one word: almost all text is plain, and this is on the path of every message.
constexpr std::uint64_t each(unsigned char byte) { return 0x0101010101010101u * byte; }
constexpr std::uint64_t high_bits = each(0x80);

std::uint64_t word_at(std::string_view text, std::size_t i) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + i, sizeof word);
  return word;
}

/// Sets a byte's high bit where the byte is 0 (and perhaps above it, after one that is: good enough to ask "any?").
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - each(1)) & ~word & high_bits; }

bool any_needs_escape(std::uint64_t word) {
  const auto control = (word - each(0x20)) & ~word & high_bits;
  return (control | zero_bytes(word ^ each('"')) | zero_bytes(word ^ each('\\'))) != 0;
}

/// The first position at or after `i` that needs an escape; the size when none does.
std::size_t next_escape(std::string_view text, std::size_t i) {
  while (i + sizeof(std::uint64_t) <= text.size() && !any_needs_escape(word_at(text, i))) i += sizeof(std::uint64_t);
  while (i < text.size() && !needs_escape(text[i])) ++i;
  return i;
}

/// Length of the UTF-8 sequence at the front of `text`; 0 when it is not well-formed (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0u) == 0x80u; };
  const unsigned lead = at(0), second = at(1);
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return continues(1) ? 2 : 0;
  if (lead < 0xF0) {
    const bool overlong = lead == 0xE0 && second < 0xA0, surrogate = lead == 0xED && second > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead > 0xF4) return 0;
  const bool overlong = lead == 0xF0 && second < 0x90, beyond = lead == 0xF4 && second > 0x8F;
  return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
}

} // namespace

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t clean = 0;
  for (auto i = next_escape(text, 0); i < text.size(); i = next_escape(text, clean)) {
    out.append(text, clean, i - clean);
    append_escaped(out, text[i]);
    clean = i + 1;
  }
  out.append(text, clean, text.size() - clean);
  out.push_back('"');
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (text.size() >= sizeof(std::uint64_t) && (word_at(text, 0) & high_bits) == 0) {
      text.remove_prefix(sizeof(std::uint64_t));
      continue;
    }
    const auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void json_writer::append_number(std::int64_t n) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out_.append(digits, end);
}

void json_writer::append_number(std::uint64_t n) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out_.append(digits, end);
}

} // namespace parley
