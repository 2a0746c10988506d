#include "actors/processes/deliveries.hpp"
#include "actors/processes/purchases.hpp"

namespace parley {
namespace {

constexpr std::array processes{process{"deliveries", deliveries::react}, process{purchases_process, react_to_purchase}};
constexpr std::array families{domain::conversation::family, domain::inbox::family, domain::ledger::family,
                              domain::listing::family};

} // namespace

std::span<const process> all_processes() { return processes; }

std::span<const std::string_view> followed_families() { return families; }

} // namespace parley
