#pragma once
// How a message is read from PostgreSQL, with its tombstone. For the questions' .cpp files.

#include "projections/pg/rows.hpp"
#include "projections/reads/read_models.hpp"

namespace parley {

/// Of `messages m` and `message_deletions d`.
inline const std::string message_columns =
    "SELECT m.id, m.user_id, m.session_id, m.name, m.body, m.reply_to, m.client_time, m.seq, m.sent_at, d.deleted_at, "
    "coalesce(d.deleted_by, '') ";
inline const std::string with_deletions = " LEFT JOIN message_deletions d ON d.place = m.place AND d.seq = m.seq ";
inline constexpr int message_seq_column = 7;

inline message_row read_message(const pg::rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, {r.text(i, 2)}, r.text(i, 3),          r.text(i, 4),   r.text(i, 5),
          r.text(i, 6),   r.int8(i, 7),   r.time(i, 8),   r.optional_time(i, 9), {r.text(i, 10)}};
}

} // namespace parley
