#include "actors/processes/process.hpp"
#include "actors/processes/purchases.hpp"

namespace parley {

std::span<const process> all_processes() {
  static constexpr std::array all{process{purchases_process, react_to_purchase}};
  return all;
}

std::span<const std::string_view> followed_families() {
  static constexpr std::array families{domain::ledger::family, domain::listing::family};
  return families;
}

} // namespace parley
