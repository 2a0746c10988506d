#pragma once
// How changes of moderation and reports become SQL; as tables.cpp does it.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

[[nodiscard]] result<void> queue_moderation(connection& db, const moderation_changes& changes);
[[nodiscard]] result<void> queue_reports(connection& db, const report_changes& changes);

} // namespace parley::pg
