#pragma once
// Changes of rooms as SQL: see tables.cpp.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

[[nodiscard]] result<void> queue_rooms(connection& db, const room_changes& changes);

} // namespace parley::pg
