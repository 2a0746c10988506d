#pragma once
// Changes of rooms, and of whom their hosts let in, as SQL: see tables.cpp.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

[[nodiscard]] result<void> queue_rooms(connection& db, const room_changes& changes);
[[nodiscard]] result<void> queue_admissions(connection& db, const admission_changes& changes);

} // namespace parley::pg
