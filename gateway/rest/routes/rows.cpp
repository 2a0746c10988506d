#include "gateway/rest/routes/rows.hpp"

namespace parley::gateway {

std::string to_json(const user_row& row, bool own) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text);
  if (own && !row.email.empty()) json.field("email", row.email);
  json.field("name", row.name).field("guest", row.guest).field("createdAt", to_iso8601(row.created_at)).end_object();
  return out;
}

std::string to_json(const login_row& row, bool current) {
  std::string out;
  json_writer{out}
      .begin_object()
      .field("id", row.id.text)
      .field("device", row.device)
      .field("createdAt", to_iso8601(row.opened_at))
      .field("lastSeenAt", to_iso8601(row.refreshed_at))
      .field("expiresAt", to_iso8601(row.expires_at))
      .field("current", current)
      .end_object();
  return out;
}

namespace {
void append_time(json_writer& json, std::string_view name, const std::optional<time_point>& time) {
  if (time)
    json.field(name, to_iso8601(*time));
  else
    json.key(name).null();
}

void append_room(json_writer& json, const room_row& row, const std::optional<caller>& asks) {
  json.field("roomId", row.id.text).field("displayId", row.display_id);
  if (!row.title.empty()) json.field("title", row.title);
  append_time(json, "startsAt", row.starts_at);
  json.field("hostId", row.host.text).field("isHost", asks && asks->user == row.host);
  json.field("capacity", row.capacity).field("createdAt", to_iso8601(row.created_at));
  append_time(json, "expiresAt", row.expires_at);
  json.field("history", row.history).field("guests", row.guests).field("admission", row.admission);
  json.field("participantCount", row.participants);
  if (row.closed) json.field("closed", *row.closed);
}
} // namespace

std::string to_json(const room_row& row, const std::optional<caller>& asks) {
  std::string out;
  json_writer json{out};
  json.begin_object();
  append_room(json, row, asks);
  json.end_object();
  return out;
}

std::string meeting_json(const room_row& row, const std::optional<caller>& asks) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text);
  append_room(json, row, asks);
  json.end_object();
  return out;
}

std::string to_json(const lounge_row& row) {
  std::string out;
  json_writer{out}
      .begin_object()
      .field("id", row.id.text)
      .field("loungeId", row.id.text)
      .field("name", row.name)
      .field("topic", row.topic)
      .field("ownerId", row.owner.text)
      .field("createdAt", to_iso8601(row.created_at))
      .field("slowModeSeconds", row.slow_mode_seconds)
      .field("participantCount", row.participants)
      .end_object();
  return out;
}

std::string to_json(const member_row& row) {
  std::string out;
  json_writer{out}
      .begin_object()
      .field("id", row.session.text)
      .field("socketId", row.session.text)
      .field("userId", row.user.text)
      .field("username", row.name)
      .field("name", row.name)
      .field("isHost", row.host)
      .field("guest", row.guest)
      .field("joinedAt", to_iso8601(row.joined_at))
      .end_object();
  return out;
}

std::string to_json(const message_row& row, std::string_view place_key, std::string_view place) {
  const auto at = to_iso8601(row.sent_at);
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text);
  // A tombstone keeps its place in the list, and nothing of what was said.
  for (const auto* name : {"text", "message", "content"}) json.field(name, row.deleted_at ? "" : row.text);
  json.field("sender", row.name).field("senderId", row.user.text).field("senderSocketId", row.session.text);
  json.field("timestamp", at).field("createdAt", at).field(place_key, place).field("seq", row.seq);
  if (row.deleted_at) {
    json.field("deleted", true).field("deletedAt", to_iso8601(*row.deleted_at)).field("deletedBy", row.deleted_by.text);
    json.end_object();
    return out;
  }
  // Both were checked when they were sent; what does not parse now is left out rather than breaking the list.
  if (!row.reply_to.empty() && nlohmann::json::accept(row.reply_to)) json.key("replyTo").raw(row.reply_to);
  if (!row.client_time.empty()) json.field("clientTimestamp", row.client_time);
  json.end_object();
  return out;
}

result<bool> wants_newest_first(const http_request& request) {
  const auto order = request.parameter("order");
  if (order.empty() || order == "asc") return false;
  if (order == "desc") return true;
  return fail(errc::invalid, "order must be asc or desc");
}

} // namespace parley::gateway
