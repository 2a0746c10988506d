#include "actors/domain/errands_taken.hpp"

#include <algorithm>
#include <charconv>

namespace parley::domain {
namespace {

constexpr std::string_view prefix = "process|";

/// The number that `text` is, with nothing around it.
template <class Number>
bool read_number(std::string_view text, Number& n) {
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, n);
  return read.ec == std::errc{} && read.ptr == end;
}

} // namespace

std::string cause_of(const errand_id& id) {
  auto cause = std::string{prefix} + id.process.text;
  cause.append(1, '|').append(std::to_string(id.at.after));
  cause.append(1, '|').append(std::to_string(id.at.index));
  return cause;
}

std::optional<errand_id> errand_of(std::string_view cause) {
  if (!cause.starts_with(prefix)) return std::nullopt;
  cause.remove_prefix(prefix.size());
  const auto first = cause.find('|'), second = cause.rfind('|');
  if (first == 0 || first == second) return std::nullopt; // as when there is none
  errand_id id{{std::string{cause.substr(0, first)}}, {}};
  if (!read_number(cause.substr(first + 1, second - first - 1), id.at.after)) return std::nullopt;
  if (!read_number(cause.substr(second + 1), id.at.index)) return std::nullopt;
  return id;
}

bool errands_taken::has(const errand_id& id) const {
  const auto at = last.find(id.process);
  return at != last.end() && id.at <= at->second;
}

void errands_taken::take(const errand_id& id) {
  auto& at = last[id.process];
  at = std::max(at, id.at);
}

} // namespace parley::domain
