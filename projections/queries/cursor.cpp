#include "projections/queries/cursor.hpp"

#include "events/json_writer.hpp"
#include "events/record.hpp"

#include <limits>
#include <sodium.h>

namespace parley {
namespace {

constexpr std::size_t checksum_bytes = 8, number_bytes = 8;
constexpr int alphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string checksum(std::string_view list, std::string_view content) {
  std::string whole{list};
  whole.append(1, '\0').append(content);
  const auto hash = sha256(whole);
  return {reinterpret_cast<const char*>(hash.data()), checksum_bytes};
}

} // namespace

std::string encode_cursor(std::string_view list, const cursor& c) {
  std::string content;
  for (int shift = 56; shift >= 0; shift -= 8) content.push_back(static_cast<char>(c.number >> shift & 0xff));
  content.append(c.text).append(1, '\0').append(c.more);
  content = checksum(list, content) + content;
  std::string out(sodium_base64_encoded_len(content.size(), alphabet), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                    alphabet);
  out.resize(out.size() - 1); // its terminating NUL
  return out;
}

result<cursor> decode_cursor(std::string_view list, std::string_view text) {
  const auto refused = [] { return fail(errc::malformed, "this cursor is not one this list gave"); };
  if (text.size() > cursor_bytes_max) return refused();
  std::string content(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(content.data()), content.size(), text.data(), text.size(),
                        nullptr, &size, &end, alphabet) != 0 ||
      end != text.data() + text.size() || size < checksum_bytes + number_bytes + 1)
    return refused();
  content.resize(size);
  const auto body = std::string_view{content}.substr(checksum_bytes);
  if (checksum(list, body) != std::string_view{content}.substr(0, checksum_bytes)) return refused();
  cursor c;
  for (const char byte : body.substr(0, number_bytes)) c.number = c.number << 8 | static_cast<unsigned char>(byte);
  const auto texts = body.substr(number_bytes);
  const auto split = texts.find('\0');
  if (split == std::string_view::npos || c.number > std::uint64_t{std::numeric_limits<std::int64_t>::max()} ||
      !is_utf8(texts) || texts.find('\0', split + 1) != std::string_view::npos)
    return refused();
  c.text = texts.substr(0, split);
  c.more = texts.substr(split + 1);
  return c;
}

} // namespace parley
