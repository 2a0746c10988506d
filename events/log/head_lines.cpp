#include "events/log/head_lines.hpp"

#include "events/record.hpp"

#include <charconv>

namespace parley::head_lines {
namespace {

constexpr std::size_t digits = 20, check_digits = 32;

std::optional<position> take(std::string_view bytes) {
  position head = 0;
  if (bytes.size() != line_bytes) return std::nullopt;
  std::from_chars(bytes.data(), bytes.data() + digits, head);
  if (bytes != line(head)) return std::nullopt;
  return head;
}

} // namespace

std::string line(position head) {
  auto number = std::to_string(head);
  number.insert(0, digits - number.size(), '0');
  auto text = number + ' ' + to_hex(sha256(number)).substr(0, check_digits);
  text.resize(line_bytes - 1, ' ');
  return text + '\n';
}

result<found> parse(std::string_view bytes) {
  if (bytes.size() < line_bytes) return found{};
  const auto first = take(bytes.substr(0, line_bytes)), second = take(bytes.substr(line_bytes));
  if (!first && !second) return fail(errc::corrupt, "the log's file HEAD is damaged");
  return found{std::max(first, second), first >= second ? std::size_t{1} : std::size_t{0}};
}

} // namespace parley::head_lines
