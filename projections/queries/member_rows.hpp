#pragma once
// How somebody present in a place is read from PostgreSQL. For the questions' .cpp files.

#include "projections/pg/rows.hpp"
#include "projections/reads/read_models.hpp"

namespace parley {

/// Of `members m`.
inline const std::string member_columns = "SELECT m.session_id, m.user_id, m.name, m.host, m.guest, m.joined_at, "
                                          "m.joined_seq";
inline constexpr int joined_seq_column = 6;

inline member_row read_member(const pg::rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, r.text(i, 2), r.boolean(i, 3), r.boolean(i, 4), r.time(i, 5)};
}

} // namespace parley
