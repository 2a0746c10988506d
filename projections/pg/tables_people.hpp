#pragma once
// The statements of the read models of people, as tables.cpp has those of places.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

[[nodiscard]] result<void> queue_conversations(connection& db, const conversation_changes& changes);
[[nodiscard]] result<void> queue_inboxes(connection& db, const inbox_changes& changes);

} // namespace parley::pg
