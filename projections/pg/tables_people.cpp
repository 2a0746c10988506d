#include "projections/pg/tables_people.hpp"

namespace parley::pg {
namespace {

result<void> queue_rows(connection& db, const conversation_changes& changes) {
  auto id = array::of_text(), first = array::of_text(), second = array::of_text(), about = array::of_text();
  auto opened_at = array::of_time();
  auto now_id = array::of_text();
  auto last_position = array::of_int8(), last_seq = array::of_int8(), version = array::of_int8();
  std::size_t made = 0;
  for (const auto& [conversation, row] : changes.rows) {
    if (row.made) {
      ++made;
      id.text(conversation.text);
      first.text(row.made->event.first.text);
      second.text(row.made->event.second.text);
      about.text(row.made->event.about);
      opened_at.time(row.made->at);
    }
    now_id.text(conversation.text);
    last_position.int8(row.last_position);
    last_seq.int8(row.last_seq);
    version.int8(row.version);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(first)).column(std::move(second)).column(std::move(about));
    p.column(std::move(opened_at));
    auto queued = db.queue("INSERT INTO conversations (id, first, second, about, opened_at, last_position, last_seq, "
                           "version) SELECT *, 0, 0, 0 FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET "
                           "first = excluded.first, second = excluded.second, about = excluded.about, "
                           "opened_at = excluded.opened_at",
                           p);
    if (!queued) return queued;
  }
  if (changes.rows.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(last_position)).column(std::move(last_seq)).column(std::move(version));
  return db.queue("UPDATE conversations t SET last_position = greatest(c.last_position, t.last_position), "
                  "last_seq = greatest(c.last_seq, t.last_seq), version = c.version "
                  "FROM unnest($1, $2, $3, $4) AS c (id, last_position, last_seq, version) WHERE t.id = c.id",
                  p);
}

result<void> queue_marks(connection& db, const conversation_changes& changes) {
  if (changes.marks.empty()) return {};
  auto conversation = array::of_text(), user = array::of_text();
  auto seq = array::of_int8();
  for (const auto& [key, upto] : changes.marks) {
    conversation.text(key.first.text);
    user.text(key.second.text);
    seq.int8(upto);
  }
  return db.queue("INSERT INTO conversation_marks (conversation, user_id, seq) SELECT * FROM unnest($1, $2, $3) "
                  "ON CONFLICT (conversation, user_id) DO UPDATE SET seq = excluded.seq",
                  parameters{}.column(std::move(conversation)).column(std::move(user)).column(std::move(seq)));
}

result<void> queue_blocks(connection& db, const conversation_changes& changes) {
  auto conversation = array::of_text(), by = array::of_text();
  auto since = array::of_time();
  auto gone_conversation = array::of_text(), gone_by = array::of_text();
  std::size_t made = 0, gone = 0;
  for (const auto& [key, when] : changes.blocks) {
    if (when) {
      ++made;
      conversation.text(key.first.text);
      by.text(key.second.text);
      since.time(*when);
    } else {
      ++gone;
      gone_conversation.text(key.first.text);
      gone_by.text(key.second.text);
    }
  }
  if (gone != 0) {
    auto queued = db.queue("DELETE FROM blocks b USING unnest($1, $2) AS c (conversation, by_user) "
                           "WHERE b.conversation = c.conversation AND b.by_user = c.by_user",
                           parameters{}.column(std::move(gone_conversation)).column(std::move(gone_by)));
    if (!queued) return queued;
  }
  if (made == 0) return {};
  return db.queue("INSERT INTO blocks (conversation, by_user, since) SELECT * FROM unnest($1, $2, $3) "
                  "ON CONFLICT (conversation, by_user) DO UPDATE SET since = excluded.since",
                  parameters{}.column(std::move(conversation)).column(std::move(by)).column(std::move(since)));
}

result<void> queue_calls(connection& db, const conversation_changes& changes) {
  auto id = array::of_text(), conversation = array::of_text(), caller = array::of_text(), callee = array::of_text();
  auto started_at = array::of_time();
  auto position = array::of_int8();
  auto now_id = array::of_text(), reason = array::of_text();
  auto accepted_at = array::of_time(), ended_at = array::of_time();
  std::size_t made = 0;
  for (const auto& [call, row] : changes.calls) {
    if (row.started) {
      ++made;
      id.text(call.text);
      conversation.text(row.conversation.text);
      caller.text(row.started->event.caller.text);
      callee.text(row.started->event.callee.text);
      started_at.time(row.started->at);
      position.int8(row.started->position);
    }
    now_id.text(call.text);
    accepted_at.time(row.accepted_at);
    ended_at.time(row.ended_at);
    reason.text(row.reason);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(conversation)).column(std::move(caller)).column(std::move(callee));
    p.column(std::move(started_at)).column(std::move(position));
    auto queued = db.queue("INSERT INTO calls (id, conversation, caller, callee, started_at, started_position, reason) "
                           "SELECT *, '' FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET "
                           "conversation = excluded.conversation, caller = excluded.caller, callee = excluded.callee, "
                           "started_at = excluded.started_at, started_position = excluded.started_position",
                           p);
    if (!queued) return queued;
  }
  if (changes.calls.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(accepted_at)).column(std::move(ended_at)).column(std::move(reason));
  return db.queue("UPDATE calls t SET accepted_at = coalesce(c.accepted_at, t.accepted_at), "
                  "ended_at = coalesce(c.ended_at, t.ended_at), "
                  "reason = CASE WHEN c.reason = '' THEN t.reason ELSE c.reason END "
                  "FROM unnest($1, $2, $3, $4) AS c (id, accepted_at, ended_at, reason) WHERE t.id = c.id",
                  p);
}

result<void> queue_notifications(connection& db, const inbox_changes& changes) {
  auto user = array::of_text(), id = array::of_text(), kind = array::of_text(), title = array::of_text();
  auto body = array::of_text(), data = array::of_text();
  auto seq = array::of_int8();
  auto at = array::of_time();
  auto read_user = array::of_text(), read_id = array::of_text();
  std::size_t made = 0, read = 0;
  for (const auto& [key, row] : changes.notifications) {
    if (row.made) {
      ++made;
      user.text(key.first.text);
      id.text(key.second.text);
      seq.int8(row.made->seq);
      kind.text(row.made->event.kind);
      title.text(row.made->event.title);
      body.text(row.made->event.body);
      data.text(row.made->event.data);
      at.time(row.made->at);
    }
    if (row.read) {
      ++read;
      read_user.text(key.first.text);
      read_id.text(key.second.text);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(user)).column(std::move(id)).column(std::move(seq)).column(std::move(kind));
    p.column(std::move(title)).column(std::move(body)).column(std::move(data)).column(std::move(at));
    auto queued = db.queue("INSERT INTO notifications (user_id, id, seq, kind, title, body, data, created_at, unread) "
                           "SELECT *, true FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) "
                           "ON CONFLICT (user_id, id) DO UPDATE SET seq = excluded.seq, kind = excluded.kind, "
                           "title = excluded.title, body = excluded.body, data = excluded.data, unread = true, "
                           "created_at = excluded.created_at",
                           p);
    if (!queued) return queued;
  }
  if (read == 0) return {};
  return db.queue("UPDATE notifications n SET unread = false FROM unnest($1, $2) AS c (user_id, id) "
                  "WHERE n.user_id = c.user_id AND n.id = c.id",
                  parameters{}.column(std::move(read_user)).column(std::move(read_id)));
}

result<void> queue_sessions_online(connection& db, const inbox_changes& changes) {
  auto user = array::of_text();
  auto sessions = array::of_int8();
  auto since = array::of_time();
  std::size_t counted = 0;
  for (const auto& [who, now] : changes.presence) {
    if (!now.sessions) continue;
    ++counted;
    user.text(who.text);
    sessions.int8(*now.sessions);
    since.time(now.since);
  }
  if (counted == 0) return {};
  return db.queue("INSERT INTO presence (user_id, sessions, since, away) SELECT *, '{}' FROM unnest($1, $2, $3) "
                  "ON CONFLICT (user_id) DO UPDATE SET sessions = excluded.sessions, since = excluded.since",
                  parameters{}.column(std::move(user)).column(std::move(sessions)).column(std::move(since)));
}

/// Which of the sessions are away: of those that said nothing it stays as it was.
result<void> queue_sessions_away(connection& db, const inbox_changes& changes) {
  auto user = array::of_text(), session = array::of_text();
  auto away = array::of_boolean();
  auto since = array::of_time();
  std::size_t told = 0;
  for (const auto& [who, now] : changes.presence)
    for (const auto& [which, is_away] : now.away) {
      ++told;
      user.text(who.text);
      session.text(which.text);
      away.boolean(is_away);
      since.time(now.since);
    }
  if (told == 0) return {};
  parameters p;
  p.column(std::move(user)).column(std::move(session)).column(std::move(away)).column(std::move(since));
  return db.queue("UPDATE presence p SET since = c.since, away = ARRAY("
                  "SELECT s FROM unnest(p.away || c.gone) AS s WHERE s = ANY (c.gone) OR s <> ALL (c.told) "
                  "GROUP BY s ORDER BY s COLLATE \"C\") "
                  "FROM (SELECT user_id, max(since) AS since, array_agg(session_id) AS told, "
                  "coalesce(array_agg(session_id) FILTER (WHERE away), '{}') AS gone "
                  "FROM unnest($1, $2, $3, $4) AS t (user_id, session_id, away, since) GROUP BY user_id) c "
                  "WHERE p.user_id = c.user_id",
                  p);
}

} // namespace

result<void> queue_conversations(connection& db, const conversation_changes& changes) {
  auto queued = queue_rows(db, changes);
  if (queued) queued = queue_marks(db, changes);
  if (queued) queued = queue_blocks(db, changes);
  if (queued) queued = queue_calls(db, changes);
  return queued;
}

result<void> queue_inboxes(connection& db, const inbox_changes& changes) {
  auto queued = queue_notifications(db, changes);
  if (queued) queued = queue_sessions_online(db, changes);
  if (queued) queued = queue_sessions_away(db, changes);
  return queued;
}

} // namespace parley::pg
