// What an inbox shows: messages between people, notifications, presence, calls and news of bookings.

#include "events/json_writer.hpp"
#include "gateway/hub/presenter.hpp"

namespace parley::gateway {
namespace {

constexpr std::size_t envelope_bytes = 512;

/// One object: `fill` writes its fields.
template <class Fill>
std::string object(std::size_t free_text_bytes, const Fill& fill) {
  std::string body;
  body.reserve(envelope_bytes + free_text_bytes);
  json_writer json{body};
  json.begin_object();
  fill(json);
  json.end_object();
  return body;
}

struct inbox_shower {
  const publication& p;

  std::optional<presented> operator()(const events::message_delivered& e) const {
    auto body = object(3 * e.text.size() + e.name.size() + e.reply_to.size(), [&](json_writer& json) {
      json.field("id", e.message.text).field("conversationId", e.conversation.text);
      if (!e.about.empty()) json.field("bookingId", e.about);
      for (const std::string_view name : {"text", "message", "content"}) json.field(name, e.text);
      json.field("sender", e.name).field("senderId", e.user.text).field("senderSocketId", e.session.text);
      json.field("receiverId", e.to.text).field("timestamp", to_iso8601(e.sent_at));
      json.field("createdAt", to_iso8601(e.sent_at));
      if (!e.reply_to.empty()) json.key("replyTo").raw(e.reply_to);
      if (!e.client_time.empty()) json.field("clientTimestamp", e.client_time);
      json.field("seq", e.seq).field("inboxSeq", p.seq);
    });
    if (!e.about.empty()) return presented{"chat:message", {}, std::move(body)};
    return presented{"message", "receive_message", std::move(body)};
  }

  std::optional<presented> operator()(const events::notified& e) const {
    return presented{"notification:new", {}, object(e.title.size() + e.body.size() + e.data.size(), [&](auto& json) {
                       json.field("id", e.notification.text).field("kind", e.kind).field("type", e.kind);
                       json.field("title", e.title).field("body", e.body).field("message", e.body);
                       if (!e.data.empty()) json.key("data").raw(e.data);
                       json.field("read", false).field("createdAt", to_iso8601(p.time)).field("inboxSeq", p.seq);
                     })};
  }

  /// Presence is told by signals; the rest is nobody's to see.
  template <class Event>
  std::optional<presented> operator()(const Event&) const {
    return std::nullopt;
  }
};

struct signal_shower {
  std::optional<presented> operator()(const domain::presence_signal& s) const {
    return presented{"presence", {}, object(0, [&](json_writer& json) {
                       json.field("userId", s.user.text).field("status", s.status);
                       json.field("lastSeen", to_iso8601(s.at));
                     })};
  }
  std::optional<presented> operator()(const domain::direct_typing_signal& s) const {
    return presented{"typing", {}, object(s.name.size(), [&](json_writer& json) {
                       json.field("conversationId", s.conversation.text).field("userId", s.user.text);
                       json.field("senderId", s.user.text).field("socketId", s.session.text);
                       json.field("username", s.name).field("isTyping", s.is_typing);
                     })};
  }
  std::optional<presented> operator()(const domain::read_signal& s) const {
    return presented{"read", {}, object(0, [&](json_writer& json) {
                       json.field("conversationId", s.conversation.text).field("userId", s.user.text);
                       json.field("seq", s.seq);
                     })};
  }

  std::optional<presented> operator()(const domain::call_signal& s) const {
    switch (s.step) {
    case domain::call_step::incoming: return described(s, "incoming-call", "offer");
    case domain::call_step::accepted: return described(s, "call-accepted", "answer");
    case domain::call_step::candidate: return described(s, "ice-candidate", "candidate");
    case domain::call_step::calling: return worded(s, "calling", "status");
    case domain::call_step::rejected: return worded(s, "call-rejected", "reason");
    case domain::call_step::ended: break;
    }
    return worded(s, "call-ended", "reason");
  }

  std::optional<presented> operator()(const domain::booking_signal& s) const {
    switch (s.what) {
    case domain::booking_news::requested: return presented{"booking:new", {}, s.body};
    case domain::booking_news::status_changed: return presented{"booking:status-changed", {}, s.body};
    case domain::booking_news::availability_changed: return presented{"availability:changed", {}, s.body};
    case domain::booking_news::location: break;
    }
    return presented{"location:update", {}, s.body};
  }

  /// What rooms show is shown elsewhere.
  template <class Signal>
  std::optional<presented> operator()(const Signal&) const {
    return std::nullopt;
  }

private:
  static presented described(const domain::call_signal& s, std::string_view name, std::string_view payload) {
    return {name, {}, object(s.payload.size() * 2, [&](json_writer& json) {
              json.field("callId", s.call.text).field("conversationId", s.conversation.text);
              json.field("from", s.user.text).field("fromId", s.user.text).field("fromSocketId", s.session.text);
              if (!s.name.empty()) json.field("name", s.name);
              if (s.step == domain::call_step::incoming) json.field("callerName", s.name);
              json.key(payload).raw(s.payload);
              if (payload != "candidate") json.key("sdp").raw(s.payload);
            })};
  }
  static presented worded(const domain::call_signal& s, std::string_view name, std::string_view word) {
    return {name, {}, object(0, [&](json_writer& json) {
              json.field("callId", s.call.text).field("conversationId", s.conversation.text).field(word, s.word);
              if (!s.user.empty()) json.field("from", s.user.text);
            })};
  }
};

} // namespace

std::optional<presented> present_to_person(const publication& p) {
  if (const auto* signal = std::get_if<domain::signal>(&p.what)) return std::visit(signal_shower{}, *signal);
  const auto* told = std::get_if<events::inbox_event>(&std::get<event>(p.what));
  return told ? std::visit(inbox_shower{p}, *told) : std::nullopt;
}

} // namespace parley::gateway
