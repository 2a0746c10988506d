#pragma once
// Statements that write services, bookings and reviews (schema/sql/0006_bookings.sql), as tables.cpp does for the rest.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

[[nodiscard]] result<void> queue_services(connection& db, const service_changes& changes);
[[nodiscard]] result<void> queue_bookings(connection& db, const booking_changes& changes);
[[nodiscard]] result<void> queue_reviews(connection& db, const review_changes& changes);

} // namespace parley::pg
