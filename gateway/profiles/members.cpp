#include "gateway/profiles/members.hpp"

#include <algorithm>
#include <numeric>

namespace parley::gateway {
namespace {

/// Levenshtein's, over bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

} // namespace

std::optional<file_fault> only_members(const located_json& in, std::string_view what,
                                       std::initializer_list<std::string_view> known) {
  if (!in.is_object()) return file_fault{in.line, std::string{what} + " is an object"};
  for (const auto& [name, value] : in.members) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string list;
    for (const auto each : known) list.append(list.empty() ? "`" : ", `").append(each).append("`");
    return file_fault{value.line, "`" + name + "` is nothing that " + std::string{what} + " has; it may have " + list};
  }
  return std::nullopt;
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> all) {
  constexpr std::size_t name_bytes_max = 64;
  if (name.size() > name_bytes_max) return {};
  std::string_view best;
  auto least = name.size() / 3 + 1; // more than a third of it wrong is another name
  for (const auto each : all)
    if (const auto d = distance(name, each); d < least || (d == least && best.empty())) {
      best = each;
      least = d;
    }
  return best;
}

} // namespace parley::gateway
