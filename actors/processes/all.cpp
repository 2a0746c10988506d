#include "actors/processes/deliveries.hpp"

namespace parley {
namespace {

constexpr std::array processes{process{"deliveries", deliveries::react}};
constexpr std::array<std::string_view, 2> families{"conversation", "inbox"};

} // namespace

std::span<const process> all_processes() { return processes; }

std::span<const std::string_view> followed_families() { return families; }

} // namespace parley
