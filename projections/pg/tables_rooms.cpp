#include "projections/pg/tables_rooms.hpp"

namespace parley::pg {

result<void> queue_rooms(connection& db, const room_changes& changes) {
  auto id = array::of_text(), display_id = array::of_text(), host = array::of_text(), title = array::of_text();
  auto capacity = array::of_int8(), opened = array::of_int8();
  auto guests = array::of_boolean();
  auto history = array::of_text();
  auto created_at = array::of_time(), expires_at = array::of_time(), starts_at = array::of_time();
  auto admission = array::of_text();
  auto now_id = array::of_text(), closed = array::of_text(), now_title = array::of_text();
  auto participants = array::of_int8(), version = array::of_int8();
  auto now_starts_at = array::of_time();
  std::size_t made = 0;
  for (const auto& [room, row] : changes.rows) {
    if (row.made) {
      const auto& e = row.made->event;
      ++made;
      id.text(room.text);
      display_id.text(e.display_id);
      host.text(e.host.text);
      title.text(e.title);
      capacity.int8(e.capacity);
      guests.boolean(e.guests);
      history.text(e.history);
      created_at.time(row.made->at);
      expires_at.time(e.expires_at);
      opened.int8(row.made->position);
      admission.text(e.admission);
      starts_at.time(e.starts_at);
    }
    now_id.text(room.text);
    row.changed ? now_title.text(row.changed->title) : now_title.null();
    now_starts_at.time(row.changed ? row.changed->starts_at : std::nullopt);
    row.participants ? participants.int8(*row.participants) : participants.null();
    row.closed ? closed.text(*row.closed) : closed.null();
    version.int8(row.version);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(display_id)).column(std::move(host)).column(std::move(title));
    p.column(std::move(capacity)).column(std::move(guests)).column(std::move(history)).column(std::move(created_at));
    p.column(std::move(expires_at)).column(std::move(opened)).column(std::move(admission)).column(std::move(starts_at));
    auto queued = db.queue(
        "INSERT INTO rooms (id, display_id, host, title, capacity, guests, history, created_at, "
        "expires_at, opened_position, admission, starts_at, meeting, participants, version) "
        "SELECT *, title <> '', 0, 0 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "AS c (id, display_id, host, title, capacity, guests, history, created_at, expires_at, "
        "opened_position, admission, starts_at) ON CONFLICT (id) DO UPDATE SET display_id = excluded.display_id, "
        "host = excluded.host, title = excluded.title, capacity = excluded.capacity, "
        "guests = excluded.guests, history = excluded.history, created_at = excluded.created_at, "
        "expires_at = excluded.expires_at, opened_position = excluded.opened_position, "
        "admission = excluded.admission, starts_at = excluded.starts_at, "
        "meeting = excluded.meeting, closed = NULL",
        p);
    if (!queued) return queued;
  }
  if (changes.rows.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(participants)).column(std::move(closed)).column(std::move(version));
  p.column(std::move(now_title)).column(std::move(now_starts_at));
  return db.queue("UPDATE rooms r SET participants = coalesce(c.participants, r.participants), "
                  "closed = coalesce(c.closed, r.closed), version = c.version, title = coalesce(c.title, r.title), "
                  "starts_at = CASE WHEN c.title IS NULL THEN r.starts_at ELSE c.starts_at END "
                  "FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, participants, closed, version, title, starts_at) "
                  "WHERE r.id = c.id",
                  p);
}

} // namespace parley::pg
