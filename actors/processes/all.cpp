#include "actors/processes/booking_notices.hpp"
#include "actors/processes/booking_settlement.hpp"
#include "actors/processes/deliveries.hpp"
#include "actors/processes/purchases.hpp"

namespace parley {
namespace {

constexpr std::array processes{process{"deliveries", deliveries::react}, process{purchases_process, react_to_purchase},
                               process{"booking-notices", booking_notices::react},
                               process{"booking-settlement", booking_settlement::react}};
constexpr std::array families{domain::conversation::family, domain::inbox::family, domain::ledger::family,
                              domain::listing::family, domain::calendar::family};

} // namespace

std::span<const process> all_processes() { return processes; }

std::span<const std::string_view> followed_families() { return families; }

} // namespace parley
