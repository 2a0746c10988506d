#pragma once
// Bookings, told to people: each step becomes a notice in the inbox of the party that did not take it (of both, when
// time did), and a request opens the chat of the two.
//
// A notice's `kind` is `booking-<status>`, `booking-rescheduled`, `reminder`, `review-written` or `review-replied`; its
// `data` is the booking as clients see it (booking_json.hpp). `booking:new` and `booking:status-changed` are pushed by
// the calendar itself, to whoever is there; a notice waits for those who are away.

#include "actors/processes/process.hpp"

namespace parley::booking_notices {

[[nodiscard]] std::vector<errand> react(const record& r, const event& content);

} // namespace parley::booking_notices
