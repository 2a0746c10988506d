// How changes of rows become SQL: one or two statements a table, each with one array a column, so that their number
// does not grow with the batch. State-like rows are written with ON CONFLICT DO UPDATE, so a row ends up as its events
// say, whatever was there.

#include "projections/pg/booking_tables.hpp"
#include "projections/pg/moderation_tables.hpp"
#include "projections/pg/store.hpp"
#include "projections/pg/tables_market.hpp"
#include "projections/pg/tables_people.hpp"
#include "projections/pg/tables_rooms.hpp"

namespace parley::pg {
namespace {

result<void> queue_users(connection& db, const user_changes& changes) {
  auto id = array::of_text(), name = array::of_text(), email = array::of_text();
  auto guest = array::of_boolean();
  auto created_at = array::of_time();
  auto version = array::of_int8();
  auto changed_id = array::of_text(), changed_name = array::of_text();
  auto changed_version = array::of_int8();
  std::size_t made = 0, changed = 0;
  for (const auto& [user, row] : changes.rows) {
    if (row.created) {
      ++made;
      id.text(user.text);
      name.text(row.name.value_or(""));
      email.text(row.created->email);
      guest.boolean(row.created->guest);
      created_at.time(row.created->at);
      version.int8(row.version);
    } else {
      ++changed;
      changed_id.text(user.text);
      row.name ? changed_name.text(*row.name) : changed_name.null();
      changed_version.int8(row.version);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(name)).column(std::move(email)).column(std::move(guest));
    p.column(std::move(created_at)).column(std::move(version));
    auto queued = db.queue("INSERT INTO users (id, name, email, guest, created_at, version) "
                           "SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET "
                           "name = excluded.name, email = excluded.email, guest = excluded.guest, "
                           "created_at = excluded.created_at, version = excluded.version",
                           p);
    if (!queued) return queued;
  }
  if (changed == 0) return {};
  parameters p;
  p.column(std::move(changed_id)).column(std::move(changed_name)).column(std::move(changed_version));
  return db.queue("UPDATE users u SET name = coalesce(c.name, u.name), version = c.version "
                  "FROM unnest($1, $2, $3) AS c (id, name, version) WHERE u.id = c.id",
                  p);
}

result<void> queue_logins(connection& db, const login_changes& changes) {
  auto user = array::of_text(), id = array::of_text(), device = array::of_text();
  auto opened_at = array::of_time(), refreshed_at = array::of_time(), expires_at = array::of_time();
  auto seq = array::of_int8();
  auto changed_user = array::of_text(), changed_id = array::of_text();
  auto changed_refreshed = array::of_time(), changed_expires = array::of_time();
  auto gone_user = array::of_text(), gone_id = array::of_text();
  std::size_t made = 0, changed = 0, gone = 0;
  for (const auto& [key, row] : changes.rows) {
    if (row.revoked) {
      ++gone;
      gone_user.text(key.first.text);
      gone_id.text(key.second.text);
    } else if (row.made) {
      ++made;
      user.text(key.first.text);
      id.text(key.second.text);
      device.text(row.made->device);
      opened_at.time(row.made->at);
      refreshed_at.time(row.refreshed_at);
      expires_at.time(row.expires_at);
      seq.int8(row.made->seq);
    } else {
      ++changed;
      changed_user.text(key.first.text);
      changed_id.text(key.second.text);
      changed_refreshed.time(row.refreshed_at);
      changed_expires.time(row.expires_at);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(user)).column(std::move(id)).column(std::move(device)).column(std::move(opened_at));
    p.column(std::move(refreshed_at)).column(std::move(expires_at)).column(std::move(seq));
    auto queued = db.queue("INSERT INTO logins (user_id, id, device, opened_at, refreshed_at, expires_at, opened_seq) "
                           "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, id) DO UPDATE SET "
                           "device = excluded.device, opened_at = excluded.opened_at, "
                           "refreshed_at = excluded.refreshed_at, expires_at = excluded.expires_at, "
                           "opened_seq = excluded.opened_seq",
                           p);
    if (!queued) return queued;
  }
  if (changed != 0) {
    parameters p;
    p.column(std::move(changed_user)).column(std::move(changed_id));
    p.column(std::move(changed_refreshed)).column(std::move(changed_expires));
    auto queued = db.queue("UPDATE logins l SET refreshed_at = c.refreshed_at, expires_at = c.expires_at "
                           "FROM unnest($1, $2, $3, $4) AS c (user_id, id, refreshed_at, expires_at) "
                           "WHERE l.user_id = c.user_id AND l.id = c.id",
                           p);
    if (!queued) return queued;
  }
  if (gone == 0) return {};
  return db.queue("DELETE FROM logins l USING unnest($1, $2) AS c (user_id, id) "
                  "WHERE l.user_id = c.user_id AND l.id = c.id",
                  parameters{}.column(std::move(gone_user)).column(std::move(gone_id)));
}

result<void> queue_sessions(connection& db, const session_changes& changes) {
  auto id = array::of_text(), user = array::of_text(), login = array::of_text(), name = array::of_text();
  auto guest = array::of_boolean();
  auto opened_at = array::of_time();
  auto version = array::of_int8();
  auto now_id = array::of_text(), now_reason = array::of_text();
  auto now_known = array::of_boolean();
  auto grace_until = array::of_time(), closed_at = array::of_time();
  auto now_version = array::of_int8();
  std::size_t made = 0;
  for (const auto& [session, row] : changes.rows) {
    if (row.made) {
      ++made;
      id.text(session.text);
      user.text(row.made->user.text);
      login.text(row.made->login.text);
      guest.boolean(row.made->guest);
      name.text(row.made->name);
      opened_at.time(row.made->at);
      version.int8(row.version);
    }
    const auto now = row.now.value_or(session_changes::presence{});
    now_id.text(session.text);
    now_known.boolean(row.now.has_value());
    grace_until.time(now.grace_until);
    closed_at.time(now.closed_at);
    now_reason.text(now.reason);
    now_version.int8(row.version);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(user)).column(std::move(login)).column(std::move(guest));
    p.column(std::move(name)).column(std::move(opened_at)).column(std::move(version));
    auto queued = db.queue("INSERT INTO sessions (id, user_id, login_id, guest, name, opened_at, version, reason) "
                           "SELECT *, '' FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET "
                           "user_id = excluded.user_id, login_id = excluded.login_id, guest = excluded.guest, "
                           "name = excluded.name, opened_at = excluded.opened_at, version = excluded.version",
                           p);
    if (!queued) return queued;
  }
  if (changes.rows.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(now_known)).column(std::move(grace_until));
  p.column(std::move(closed_at)).column(std::move(now_reason)).column(std::move(now_version));
  return db.queue("UPDATE sessions s SET version = c.version, "
                  "grace_until = CASE WHEN c.known THEN c.grace_until ELSE s.grace_until END, "
                  "closed_at = CASE WHEN c.known THEN c.closed_at ELSE s.closed_at END, "
                  "reason = CASE WHEN c.known THEN c.reason ELSE s.reason END "
                  "FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, known, grace_until, closed_at, reason, version) "
                  "WHERE s.id = c.id",
                  p);
}

result<void> queue_lounges(connection& db, const lounge_changes& changes) {
  auto id = array::of_text(), name = array::of_text(), topic = array::of_text(), owner = array::of_text();
  auto created_at = array::of_time();
  auto now_id = array::of_text(), now_name = array::of_text(), now_topic = array::of_text();
  auto participants = array::of_int8(), slow_mode = array::of_int8(), version = array::of_int8();
  std::size_t made = 0;
  for (const auto& [lounge, row] : changes.rows) {
    if (row.made) {
      ++made;
      id.text(lounge.text);
      name.text(row.made->event.name);
      topic.text(row.made->event.topic);
      owner.text(row.made->event.owner.text);
      created_at.time(row.made->at);
    }
    now_id.text(lounge.text);
    row.settings ? now_name.text(row.settings->name) : now_name.null();
    row.settings ? now_topic.text(row.settings->topic) : now_topic.null();
    row.settings ? slow_mode.int8(row.settings->slow_mode_seconds) : slow_mode.null();
    row.participants ? participants.int8(*row.participants) : participants.null();
    version.int8(row.version);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(name)).column(std::move(topic)).column(std::move(owner));
    p.column(std::move(created_at));
    auto queued = db.queue("INSERT INTO lounges (id, name, topic, owner, created_at, participants, version) "
                           "SELECT *, 0, 0 FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET "
                           "name = excluded.name, topic = excluded.topic, owner = excluded.owner, "
                           "created_at = excluded.created_at",
                           p);
    if (!queued) return queued;
  }
  if (changes.rows.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(now_name)).column(std::move(now_topic)).column(std::move(slow_mode));
  p.column(std::move(participants)).column(std::move(version));
  return db.queue("UPDATE lounges l SET name = coalesce(c.name, l.name), topic = coalesce(c.topic, l.topic), "
                  "slow_mode_seconds = coalesce(c.slow_mode, l.slow_mode_seconds), "
                  "participants = coalesce(c.participants, l.participants), version = c.version "
                  "FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, name, topic, slow_mode, participants, version) "
                  "WHERE l.id = c.id",
                  p);
}

result<void> queue_members(connection& db, const member_changes& changes) {
  auto place = array::of_text(), session = array::of_text(), user = array::of_text(), name = array::of_text();
  auto host = array::of_boolean(), guest = array::of_boolean();
  auto joined_at = array::of_time();
  auto seq = array::of_int8();
  auto gone_place = array::of_text(), gone_session = array::of_text();
  std::size_t present = 0, gone = 0;
  for (const auto& [key, row] : changes.rows) {
    if (row) {
      ++present;
      place.text(key.first.text);
      session.text(key.second.text);
      user.text(row->user.text);
      name.text(row->name);
      host.boolean(row->host);
      guest.boolean(row->guest);
      joined_at.time(row->at);
      seq.int8(row->seq);
    } else {
      ++gone;
      gone_place.text(key.first.text);
      gone_session.text(key.second.text);
    }
  }
  if (!changes.emptied.empty()) {
    auto emptied = array::of_text();
    for (const auto& p : changes.emptied) emptied.text(p.text);
    auto queued = db.queue("DELETE FROM members WHERE place = ANY ($1)", parameters{}.column(std::move(emptied)));
    if (!queued) return queued;
  }
  if (gone != 0) {
    auto queued = db.queue("DELETE FROM members m USING unnest($1, $2) AS c (place, session_id) "
                           "WHERE m.place = c.place AND m.session_id = c.session_id",
                           parameters{}.column(std::move(gone_place)).column(std::move(gone_session)));
    if (!queued) return queued;
  }
  if (present == 0) return {};
  parameters p;
  p.column(std::move(place)).column(std::move(session)).column(std::move(user)).column(std::move(name));
  p.column(std::move(host)).column(std::move(guest)).column(std::move(joined_at)).column(std::move(seq));
  return db.queue("INSERT INTO members (place, session_id, user_id, name, host, guest, joined_at, joined_seq) "
                  "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (place, session_id) DO UPDATE SET "
                  "user_id = excluded.user_id, name = excluded.name, host = excluded.host, guest = excluded.guest, "
                  "joined_at = excluded.joined_at, joined_seq = excluded.joined_seq",
                  p);
}

result<void> queue_messages(connection& db, const message_changes& changes) {
  if (changes.rows.empty()) return {};
  auto place = array::of_text(), id = array::of_text(), user = array::of_text(), session = array::of_text();
  auto name = array::of_text(), body = array::of_text(), reply_to = array::of_text(), client_time = array::of_text();
  auto seq = array::of_int8();
  auto sent_at = array::of_time();
  for (const auto& row : changes.rows) {
    place.text(row.place.text);
    seq.int8(row.seq);
    id.text(row.event.message.text);
    user.text(row.event.user.text);
    session.text(row.event.session.text);
    name.text(row.event.name);
    body.text(row.event.text);
    reply_to.text(row.event.reply_to);
    client_time.text(row.event.client_time);
    sent_at.time(row.at);
  }
  parameters p;
  p.column(std::move(place)).column(std::move(seq)).column(std::move(id)).column(std::move(user));
  p.column(std::move(session)).column(std::move(name)).column(std::move(body)).column(std::move(reply_to));
  p.column(std::move(client_time)).column(std::move(sent_at));
  // The rooms of the batch are asked once each, not once a message.
  return db.queue("WITH sent AS MATERIALIZED (SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS c "
                  "(place, seq, id, user_id, session_id, name, body, reply_to, client_time, sent_at)), "
                  "silent AS MATERIALIZED (SELECT 'room/' || r.id AS place FROM rooms r WHERE r.history = 'none' "
                  "AND r.id = ANY (ARRAY (SELECT DISTINCT substr(place, 6) FROM sent WHERE place LIKE 'room/%'))) "
                  "INSERT INTO messages (place, seq, id, user_id, session_id, name, body, reply_to, client_time, "
                  "sent_at) SELECT * FROM sent WHERE place NOT IN (SELECT place FROM silent) "
                  "ON CONFLICT (place, seq) DO NOTHING",
                  p);
}

} // namespace

result<void> queue_states(connection& db, const change_set& changes) {
  auto queued = queue_users(db, changes.users);
  if (queued) queued = queue_logins(db, changes.logins);
  if (queued) queued = queue_sessions(db, changes.sessions);
  if (queued) queued = queue_rooms(db, changes.rooms);
  if (queued) queued = queue_lounges(db, changes.lounges);
  if (queued) queued = queue_members(db, changes.members);
  if (queued) queued = queue_moderation(db, changes.moderation);
  if (queued) queued = queue_reports(db, changes.reports);
  if (queued) queued = queue_conversations(db, changes.conversations);
  if (queued) queued = queue_inboxes(db, changes.inboxes);
  if (queued) queued = queue_accounts(db, changes.accounts);
  if (queued) queued = queue_holds(db, changes.holds);
  if (queued) queued = queue_listings(db, changes.listings);
  if (queued) queued = queue_purchases(db, changes.purchases);
  if (queued) queued = queue_services(db, changes.services);
  if (queued) queued = queue_bookings(db, changes.bookings);
  if (queued) queued = queue_reviews(db, changes.reviews);
  return queued;
}

result<void> queue_changes(connection& db, const change_set& changes) {
  // Rooms come before messages, which ask whether their room keeps its history.
  auto queued = queue_states(db, changes);
  if (queued) queued = queue_messages(db, changes.messages);
  return queued;
}

} // namespace parley::pg
