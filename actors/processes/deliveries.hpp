#pragma once
// What happens between two people, told to each: messages go into both inboxes, and a call engages its two people, so
// that each is in one call at a time. A person who cannot be had ends the call by an event of their inbox.

#include "actors/processes/process.hpp"

namespace parley::deliveries {

[[nodiscard]] std::vector<errand> react(const record& r, const event& content);

} // namespace parley::deliveries
