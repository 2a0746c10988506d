#pragma once
// How a message is read from PostgreSQL. For the questions' .cpp files.

#include "projections/pg/rows.hpp"
#include "projections/reads/read_models.hpp"

namespace parley {

/// Of `messages m`: what was said, without a tombstone.
inline const std::string said_columns =
    "m.id, m.user_id, m.session_id, m.name, m.body, m.reply_to, m.client_time, m.seq, m.sent_at";
inline constexpr int said_columns_count = 9;

/// Of `messages m` and `message_deletions d`.
inline const std::string message_columns = "SELECT " + said_columns + ", d.deleted_at, coalesce(d.deleted_by, '') ";
inline const std::string with_deletions = " LEFT JOIN message_deletions d ON d.place = m.place AND d.seq = m.seq ";
inline constexpr int message_seq_column = 7;

/// `at`: the first of `said_columns`.
inline message_row read_said(const pg::rows& r, std::size_t i, int at) {
  message_row row;
  row.id = {r.text(i, at)};
  row.user = {r.text(i, at + 1)};
  row.session = {r.text(i, at + 2)};
  row.name = r.text(i, at + 3);
  row.text = r.text(i, at + 4);
  row.reply_to = r.text(i, at + 5);
  row.client_time = r.text(i, at + 6);
  row.seq = r.int8(i, at + 7);
  row.sent_at = r.time(i, at + 8);
  return row;
}

inline message_row read_message(const pg::rows& r, std::size_t i) {
  auto row = read_said(r, i, 0);
  row.deleted_at = r.optional_time(i, said_columns_count);
  row.deleted_by = {r.text(i, said_columns_count + 1)};
  return row;
}

} // namespace parley
