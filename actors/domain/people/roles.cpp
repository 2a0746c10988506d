#include "actors/domain/people/roles.hpp"

#include <algorithm>
#include <array>

namespace parley::domain {
namespace {

constexpr std::array<std::string_view, 3> names{"operator", "service", "auditor"}; // by number

} // namespace

std::string_view text_of(role r) noexcept { return names[static_cast<std::size_t>(r)]; }

std::optional<role> role_named(std::string_view text) noexcept {
  const auto at = std::find(names.begin(), names.end(), text);
  if (at == names.end()) return std::nullopt;
  return static_cast<role>(at - names.begin());
}

std::vector<role> role_set::all() const {
  std::vector<role> held;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (has(static_cast<role>(i))) held.push_back(static_cast<role>(i));
  return held;
}

} // namespace parley::domain
