#pragma once
// Bookings, told to people: each step becomes a notice in the inbox of the party that did not take it (of both, when
// time did), and a request opens the chat of the two.
//
// A notice's `kind` is `booking-<status>`, `booking-rescheduled`, `reminder`, `review-written` or `review-replied`; its
// `data` is the booking as clients see it (booking_json.hpp). Those of kinds `booking-…` are pushed as `booking:new` or
// `booking:status-changed` as well.

#include "actors/processes/process.hpp"

namespace parley::booking_notices {

[[nodiscard]] std::vector<errand> react(const record& r, const event& content);

} // namespace parley::booking_notices
