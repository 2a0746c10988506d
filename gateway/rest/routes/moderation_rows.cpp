#include "gateway/rest/routes/moderation_rows.hpp"

namespace parley::gateway {
namespace {

bool is_over(const std::optional<time_point>& until, time_point now) { return until && *until <= now; }

void write_time(json_writer& json, std::string_view name, const std::optional<time_point>& t) {
  if (t)
    json.field(name, to_iso8601(*t));
  else
    json.key(name).null();
}

/// The evidence: which message, where it stands in the stream, and the hash of its text.
void write_message(json_writer& json, const message_id& id, version seq, const std::string& sha256) {
  if (seq == 0) return;
  json.field("messageId", id.text);
  json.key("evidence").begin_object().field("seq", seq).field("messageId", id.text).field("sha256", sha256);
  json.end_object();
}

} // namespace

std::string to_json(const lounge_member_row& row, const user_id& owner, time_point now) {
  const bool muted = row.muted && !is_over(row.muted_until, now);
  std::string more;
  json_writer json{more};
  json.begin_object().field("role", row.present.user == owner ? "owner" : row.moderator ? "moderator" : "member");
  json.field("muted", muted);
  if (muted && row.muted_until) json.field("mutedUntil", to_iso8601(*row.muted_until));
  json.end_object();
  return joined_objects(to_json(row.present), more);
}

std::string to_json(const action_row& row, time_point now) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("actionId", row.id.text).field("loungeId", row.lounge.text);
  json.field("action", row.action).field("by", row.by.text).field("actorId", row.by.text);
  json.field("targetId", row.target.text).field("reason", row.reason);
  if (!row.rule.empty()) json.field("rule", row.rule);
  write_message(json, row.message, row.message_seq, row.sha256);
  write_time(json, "until", row.until);
  json.field("createdAt", to_iso8601(row.at)).field("seq", row.seq);
  json.field("inForce", row.in_force && !is_over(row.until, now));
  if (row.appeal) {
    json.key("appeal").begin_object().field("text", *row.appeal);
    write_time(json, "createdAt", row.appealed_at);
    json.end_object();
  }
  if (row.reversed_at) {
    json.key("reversal").begin_object().field("by", row.reversed_by.text).field("reason", row.reversal_reason);
    write_time(json, "createdAt", row.reversed_at);
    json.end_object();
  }
  json.end_object();
  return out;
}

std::string to_json(const report_row& row, const user_id& asks) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text);
  json.field(row.place.family() == "room" ? "roomId" : "loungeId", row.place.key());
  if (row.target != asks) json.field("reporterId", row.reporter.text);
  json.field("targetId", row.target.text).field("reason", row.reason);
  write_message(json, row.message, row.message_seq, row.sha256);
  json.field("createdAt", to_iso8601(row.at)).end_object();
  return out;
}

} // namespace parley::gateway
