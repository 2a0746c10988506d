#include "projections/queries/search.hpp"

#include <algorithm>

namespace parley {
namespace {

constexpr std::size_t trigram = 3;

bool is_ascii_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

} // namespace

std::string sought_like(int parameter) {
  return "sought LIKE lower($" + std::to_string(parameter) + " COLLATE \"und-x-icu\") COLLATE \"C\"";
}

std::string sought_pattern(std::string_view search) {
  if (search.empty()) return "%";
  std::string pattern{search.size() < trigram && is_ascii_word(search) ? "% " : "%"};
  for (const char c : search) {
    if (c == '\\' || c == '%' || c == '_') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern.append(1, '%');
}

} // namespace parley
