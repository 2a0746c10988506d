#include "actors/processes/booking_notices.hpp"

namespace parley {
namespace {

constexpr std::array processes{process{"booking-notices", booking_notices::react}};
constexpr std::array<std::string_view, 1> families{"calendar"};

} // namespace

std::span<const process> all_processes() { return processes; }

std::span<const std::string_view> followed_families() { return families; }

} // namespace parley
