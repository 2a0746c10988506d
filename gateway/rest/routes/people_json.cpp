#include "gateway/rest/routes/people_json.hpp"

#include "events/json_writer.hpp"

#include <nlohmann/json.hpp>

namespace parley::gateway {

std::string direct_message_json(const message_row& row, const conversation_id& in, const user_id& receiver) {
  const auto at = to_iso8601(row.sent_at);
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("conversationId", in.text);
  for (const auto* name : {"content", "text", "message"}) json.field(name, row.text);
  json.field("sender", row.name).field("senderId", row.user.text).field("receiverId", receiver.text);
  json.field("createdAt", at).field("timestamp", at).field("seq", row.seq);
  if (!row.reply_to.empty() && nlohmann::json::accept(row.reply_to)) json.key("replyTo").raw(row.reply_to);
  if (!row.client_time.empty()) json.field("clientTimestamp", row.client_time);
  json.end_object();
  return out;
}

std::string to_json(const conversation_row& row, const user_id& self) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("conversationId", row.id.text);
  if (!row.about.empty()) json.field("bookingId", row.about);
  json.key("user").begin_object().field("id", row.other.text).field("name", row.other_name);
  json.field("status", row.presence ? std::string_view{row.presence->status} : "offline");
  if (row.presence) json.field("lastSeen", to_iso8601(row.presence->since));
  json.end_object().field("userId", row.other.text).field("name", row.other_name);
  json.key("lastMessage").raw(direct_message_json(row.last, row.id, row.last.user == self ? row.other : self));
  json.field("unreadCount", row.unread).field("readSeq", row.read_seq).field("otherReadSeq", row.other_read_seq);
  json.field("updatedAt", to_iso8601(row.last.sent_at)).end_object();
  return out;
}

std::string to_json(const call_row& row, const user_id& self) {
  const bool outgoing = row.caller == self;
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("callId", row.id.text);
  json.field("conversationId", row.conversation.text).field("direction", outgoing ? "outgoing" : "incoming");
  json.field("callerId", row.caller.text).field("calleeId", row.callee.text);
  json.field("userId", outgoing ? row.callee.text : row.caller.text);
  json.field("name", outgoing ? row.callee_name : row.caller_name);
  json.field("status", row.reason.empty() ? (row.accepted_at ? "accepted" : "calling") : row.reason);
  json.field("startedAt", to_iso8601(row.started_at));
  if (row.accepted_at) json.field("acceptedAt", to_iso8601(*row.accepted_at));
  if (row.ended_at) json.field("endedAt", to_iso8601(*row.ended_at));
  const auto end = row.accepted_at ? row.ended_at : std::nullopt;
  if (end)
    json.field("durationSeconds",
               static_cast<std::uint64_t>(std::max<std::int64_t>(
                   std::chrono::duration_cast<std::chrono::seconds>(*end - *row.accepted_at).count(), 0)));
  json.end_object();
  return out;
}

std::string to_json(const notification_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("kind", row.kind).field("type", row.kind);
  json.field("title", row.title).field("body", row.body).field("message", row.body);
  if (!row.data.empty() && nlohmann::json::accept(row.data)) json.key("data").raw(row.data);
  json.field("read", !row.unread).field("createdAt", to_iso8601(row.created_at)).end_object();
  return out;
}

std::string to_json(const block_row& row) {
  std::string out;
  json_writer{out}
      .begin_object()
      .field("userId", row.user.text)
      .field("name", row.name)
      .field("since", to_iso8601(row.since))
      .end_object();
  return out;
}

} // namespace parley::gateway
