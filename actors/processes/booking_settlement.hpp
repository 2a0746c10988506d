#pragma once
// Bookings, paid from the customer's wallet when there is enough in it: what is asked for is held, what took place is
// posted to the provider, what did not is released, or posted in part as a fee. A wallet that is empty stops nobody:
// the two then settle between themselves (`payment: direct`).
//
// Every transfer's id is made from the booking's, so a repeat after a crash moves nothing twice and no other saga's
// transfer is ever touched. The ledger's answers come back through the log.

#include "actors/processes/process.hpp"

namespace parley::booking_settlement {

[[nodiscard]] std::vector<errand> react(const record& r, const event& content);

} // namespace parley::booking_settlement
