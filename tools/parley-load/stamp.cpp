#include "tools/parley-load/stamp.hpp"

namespace parley::load {
namespace {

void write_hex(char*& out, std::uint64_t value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i) *out++ = "0123456789abcdef"[value >> (4 * i) & 0xF];
}

bool read_hex(std::string_view& text, std::uint64_t& value, std::size_t digits) noexcept {
  value = 0;
  for (char const c : text.substr(0, digits)) {
    if (c >= '0' && c <= '9')
      value = value << 4 | static_cast<std::uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = value << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
    else
      return false;
  }
  text.remove_prefix(digits);
  return true;
}

} // namespace

void write_stamp(char* out, stamp const& value) noexcept {
  for (char const c : stamp::mark) *out++ = c;
  write_hex(out, value.run, 8);
  write_hex(out, value.sender, 8);
  write_hex(out, value.number, 8);
  write_hex(out, static_cast<std::uint64_t>(value.sent.count()), 16);
}

std::optional<stamp> read_stamp(std::string_view text) noexcept {
  if (text.size() < stamp::bytes || !text.starts_with(stamp::mark)) return std::nullopt;
  text.remove_prefix(stamp::mark.size());
  std::uint64_t run = 0;
  std::uint64_t sender = 0;
  std::uint64_t number = 0;
  std::uint64_t sent = 0;
  if (!read_hex(text, run, 8) || !read_hex(text, sender, 8) || !read_hex(text, number, 8) || !read_hex(text, sent, 16))
    return std::nullopt;
  return stamp{static_cast<std::uint32_t>(run), static_cast<std::uint32_t>(sender), static_cast<std::uint32_t>(number),
               std::chrono::nanoseconds{static_cast<std::int64_t>(sent)}};
}

} // namespace parley::load
