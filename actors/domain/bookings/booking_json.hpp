#pragma once
// Services and bookings as clients see them, the same in an entity's reply, a list of REST and a push. Pure. Each
// writes members into an object that the caller opened.

#include "events/booking_events.hpp"
#include "events/json_writer.hpp"

namespace parley::domain {

/// id, serviceId, providerId, ownerId, the terms, createdAt.
void write_service(json_writer& out, const service_id& id, const user_id& owner, const events::service_terms& terms,
                   time_point created_at);
/// timeZone, weekly, exceptions. `rules`: normalised JSON text; empty: any time.
void write_availability(json_writer& out, const std::string& rules);
/// id, bookingId, both parties, what was agreed, status, payment, createdAt.
void write_booking(json_writer& out, const events::booking& b);

// Bodies of pushes: JSON object text.

/// {…booking, previousStatus, updatedBy, reason?, timestamp}: a step that was taken. `by` empty: time took it.
[[nodiscard]] std::string status_changed_json(const events::booking& b, std::string_view was, const user_id& by,
                                              std::string_view reason, time_point when);
[[nodiscard]] std::string booking_json(const events::booking& b, time_point when);
/// {providerId, serviceId, timestamp}, with {startsAt, endsAt, available} when one time was taken or given back.
[[nodiscard]] std::string availability_changed_json(const user_id& provider, const service_id& service,
                                                    const events::booking* b, bool available, time_point when);

} // namespace parley::domain
