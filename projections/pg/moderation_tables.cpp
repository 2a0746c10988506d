#include "projections/pg/moderation_tables.hpp"

namespace parley::pg {
namespace {

result<void> queue_moderators(connection& db, const moderation_changes& changes) {
  auto lounge = array::of_text(), user = array::of_text(), by = array::of_text();
  auto at = array::of_time();
  auto gone_lounge = array::of_text(), gone_user = array::of_text();
  std::size_t made = 0, gone = 0;
  for (const auto& [key, row] : changes.moderators) {
    if (row) {
      ++made;
      lounge.text(key.first.text);
      user.text(key.second.text);
      by.text(row->by.text);
      at.time(row->at);
    } else {
      ++gone;
      gone_lounge.text(key.first.text);
      gone_user.text(key.second.text);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(lounge)).column(std::move(user)).column(std::move(by)).column(std::move(at));
    auto queued = db.queue("INSERT INTO lounge_moderators (lounge, user_id, granted_by, granted_at) "
                           "SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT (lounge, user_id) DO UPDATE SET "
                           "granted_by = excluded.granted_by, granted_at = excluded.granted_at",
                           p);
    if (!queued) return queued;
  }
  if (gone == 0) return {};
  return db.queue("DELETE FROM lounge_moderators m USING unnest($1, $2) AS c (lounge, user_id) "
                  "WHERE m.lounge = c.lounge AND m.user_id = c.user_id",
                  parameters{}.column(std::move(gone_lounge)).column(std::move(gone_user)));
}

result<void> queue_restrictions(connection& db, const moderation_changes& changes) {
  auto lounge = array::of_text(), user = array::of_text(), kind = array::of_text(), action = array::of_text();
  auto until = array::of_time();
  auto gone_lounge = array::of_text(), gone_user = array::of_text(), gone_kind = array::of_text();
  std::size_t made = 0, gone = 0;
  for (const auto& [key, row] : changes.restrictions) {
    const auto& [of_lounge, of_user, of_kind] = key;
    if (row) {
      ++made;
      lounge.text(of_lounge.text);
      user.text(of_user.text);
      kind.text(of_kind);
      action.text(row->action.text);
      until.time(row->until);
    } else {
      ++gone;
      gone_lounge.text(of_lounge.text);
      gone_user.text(of_user.text);
      gone_kind.text(of_kind);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(lounge)).column(std::move(user)).column(std::move(kind)).column(std::move(action));
    p.column(std::move(until));
    auto queued = db.queue("INSERT INTO lounge_restrictions (lounge, user_id, kind, action_id, until) "
                           "SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (lounge, user_id, kind) DO UPDATE SET "
                           "action_id = excluded.action_id, until = excluded.until",
                           p);
    if (!queued) return queued;
  }
  if (gone == 0) return {};
  parameters p;
  p.column(std::move(gone_lounge)).column(std::move(gone_user)).column(std::move(gone_kind));
  return db.queue("DELETE FROM lounge_restrictions r USING unnest($1, $2, $3) AS c (lounge, user_id, kind) "
                  "WHERE r.lounge = c.lounge AND r.user_id = c.user_id AND r.kind = c.kind",
                  p);
}

result<void> queue_actions(connection& db, const moderation_changes& changes) {
  if (changes.actions.empty()) return {};
  auto id = array::of_text(), lounge = array::of_text(), action = array::of_text(), actor = array::of_text();
  auto target = array::of_text(), rule = array::of_text(), reason = array::of_text(), message = array::of_text();
  auto sha256 = array::of_text();
  auto seq = array::of_int8(), message_seq = array::of_int8(), position = array::of_int8();
  auto until = array::of_time(), at = array::of_time();
  for (const auto& row : changes.actions) {
    const auto& e = row.event;
    id.text(e.id.text);
    lounge.text(row.lounge.text);
    seq.int8(row.seq);
    action.text(e.action);
    actor.text(e.by.text);
    target.text(e.target.text);
    rule.text(e.rule);
    reason.text(e.reason);
    message.text(e.message.text);
    message_seq.int8(e.message_seq);
    sha256.text(e.sha256);
    until.time(e.until);
    at.time(row.at);
    position.int8(row.position);
  }
  parameters p;
  p.column(std::move(id)).column(std::move(lounge)).column(std::move(seq)).column(std::move(action));
  p.column(std::move(actor)).column(std::move(target)).column(std::move(rule)).column(std::move(reason));
  p.column(std::move(message)).column(std::move(message_seq)).column(std::move(sha256)).column(std::move(until));
  p.column(std::move(at)).column(std::move(position));
  return db.queue("INSERT INTO moderation_actions (id, lounge, seq, action, actor, target, rule, reason, message_id, "
                  "message_seq, sha256, until, acted_at, position) "
                  "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
                  "ON CONFLICT (id) DO NOTHING",
                  p);
}

result<void> queue_aftermaths(connection& db, const moderation_changes& changes) {
  if (changes.aftermaths.empty()) return {};
  auto id = array::of_text(), appeal = array::of_text(), by = array::of_text(), reason = array::of_text();
  auto appealed_at = array::of_time(), reversed_at = array::of_time();
  for (const auto& [action, row] : changes.aftermaths) {
    id.text(action.text);
    row.appeal ? appeal.text(row.appeal->text) : appeal.null();
    row.appeal ? appealed_at.time(row.appealed_at) : appealed_at.null();
    row.reversal ? by.text(row.reversal->by.text) : by.null();
    row.reversal ? reason.text(row.reversal->reason) : reason.null();
    row.reversal ? reversed_at.time(row.reversed_at) : reversed_at.null();
  }
  parameters p;
  p.column(std::move(id)).column(std::move(appeal)).column(std::move(appealed_at)).column(std::move(by));
  p.column(std::move(reason)).column(std::move(reversed_at));
  return db.queue("UPDATE moderation_actions a SET appeal = coalesce(c.appeal, a.appeal), "
                  "appealed_at = coalesce(c.appealed_at, a.appealed_at), "
                  "reversed_by = coalesce(c.reversed_by, a.reversed_by), "
                  "reversal_reason = coalesce(c.reversal_reason, a.reversal_reason), "
                  "reversed_at = coalesce(c.reversed_at, a.reversed_at) "
                  "FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, appeal, appealed_at, reversed_by, reversal_reason, "
                  "reversed_at) WHERE a.id = c.id",
                  p);
}

result<void> queue_deletions(connection& db, const moderation_changes& changes) {
  if (changes.deletions.empty()) return {};
  auto place = array::of_text(), by = array::of_text(), action = array::of_text();
  auto seq = array::of_int8();
  auto at = array::of_time();
  for (const auto& row : changes.deletions) {
    place.text(row.place.text);
    seq.int8(row.event.message_seq);
    by.text(row.event.by.text);
    action.text(row.event.action.text);
    at.time(row.at);
  }
  parameters p;
  p.column(std::move(place)).column(std::move(seq)).column(std::move(by)).column(std::move(action));
  p.column(std::move(at));
  return db.queue("INSERT INTO message_deletions (place, seq, deleted_by, action_id, deleted_at) "
                  "SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (place, seq) DO NOTHING",
                  p);
}

} // namespace

result<void> queue_moderation(connection& db, const moderation_changes& changes) {
  auto queued = queue_moderators(db, changes);
  if (queued) queued = queue_restrictions(db, changes);
  if (queued) queued = queue_actions(db, changes);
  if (queued) queued = queue_aftermaths(db, changes); // of those, too
  if (queued) queued = queue_deletions(db, changes);
  return queued;
}

result<void> queue_reports(connection& db, const report_changes& changes) {
  if (changes.rows.empty()) return {};
  auto id = array::of_text(), place = array::of_text(), reporter = array::of_text(), target = array::of_text();
  auto message = array::of_text(), sha256 = array::of_text(), reason = array::of_text();
  auto seq = array::of_int8(), position = array::of_int8();
  auto at = array::of_time();
  for (const auto& row : changes.rows) {
    const auto& e = row.event;
    id.text(e.report.text);
    place.text(e.place.text);
    reporter.text(e.user.text);
    target.text(e.target.text);
    message.text(e.message.text);
    seq.int8(e.message_seq);
    sha256.text(e.sha256);
    reason.text(e.reason);
    at.time(row.at);
    position.int8(row.position);
  }
  parameters p;
  p.column(std::move(id)).column(std::move(place)).column(std::move(reporter)).column(std::move(target));
  p.column(std::move(message)).column(std::move(seq)).column(std::move(sha256)).column(std::move(reason));
  p.column(std::move(at)).column(std::move(position));
  return db.queue(
      "INSERT INTO reports (id, place, reporter, target, message_id, message_seq, sha256, reason, filed_at, "
      "position) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
      p);
}

} // namespace parley::pg
