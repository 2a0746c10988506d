#include "gateway/hub/presenter.hpp"

#include "events/json_writer.hpp"

namespace parley::gateway {
namespace {

constexpr std::size_t envelope_bytes = 384; // names, ids and times around a body's free text

/// One body in the making, in one pass of appends. It stays where it was made: the writer points into it.
class body_writer {
public:
  body_writer(const publication& p, std::string_view place_key, std::size_t free_text_bytes)
    : publication_{p}
    , place_key_{place_key} {
    body_.reserve(envelope_bytes + free_text_bytes);
    json_.begin_object();
  }
  body_writer(const body_writer&) = delete;
  body_writer& operator=(const body_writer&) = delete;

  json_writer& json() { return json_; }
  std::string& text() { return body_; }

  body_writer& place() {
    json_.field(place_key_, publication_.topic.key());
    return *this;
  }
  body_writer& person(const user_id& user, const session_id& session, const std::string& name) {
    json_.field("id", session.text).field("socketId", session.text).field("userId", user.text);
    json_.field("username", name).field("name", name);
    return *this;
  }
  body_writer& timestamp() {
    json_.key("timestamp").raw("\"");
    append_iso8601(body_, publication_.time);
    body_.push_back('"');
    return *this;
  }
  /// Durable events end with when they happened and their place in the stream.
  std::string end_durable() {
    json_.field("seq", publication_.seq);
    return end();
  }
  std::string end() {
    json_.end_object();
    return std::move(body_);
  }

private:
  const publication& publication_;
  std::string_view place_key_;
  std::string body_;
  json_writer json_{body_};
};

/// Shows one event or signal of one kind of place.
struct shower {
  const publication& p;
  bool in_room;

  [[nodiscard]] body_writer body(std::size_t free_text_bytes) const {
    return {p, in_room ? "roomId" : "loungeId", free_text_bytes};
  }

  std::optional<presented> operator()(const events::message_sent& e) const {
    auto b = body(3 * e.text.size() + e.name.size() + e.reply_to.size() + e.client_time.size());
    b.json().field("id", e.message.text).key("text");
    const auto from = b.text().size();
    b.json().value(e.text);
    const auto size = b.text().size() - from;
    // The text is quoted once and repeated as bytes: three names, one escaping.
    for (const std::string_view name : {"message", "content"}) {
      b.json().key(name).raw({});
      b.text().append(b.text(), from, size);
    }
    b.json().field("sender", e.name).field("senderId", e.user.text).field("senderSocketId", e.session.text);
    b.timestamp().place();
    if (!e.reply_to.empty()) b.json().key("replyTo").raw(e.reply_to);
    if (!e.client_time.empty()) b.json().field("clientTimestamp", e.client_time);
    if (in_room) return presented{"message-received", "receive-message", b.end_durable()};
    return presented{"message", {}, b.end_durable()};
  }

  std::optional<presented> operator()(const events::joined& e) const {
    auto b = body(2 * e.name.size());
    b.person(e.user, e.session, e.name).json().field("isHost", e.host).field("guest", e.guest);
    b.place().json().field("participantCount", e.participants);
    return presented{"user-joined", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::left& e) const {
    auto b = body(2 * e.name.size());
    b.person(e.user, e.session, e.name).json().field("isHost", e.host);
    b.place().json().field("participantCount", e.participants).field("reason", e.reason);
    return presented{"user-left", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::room_closed& e) const {
    auto b = body(0);
    b.place().json().field("reason", e.reason);
    const bool expired = e.reason == "expired";
    return presented{expired ? "room-expired" : "room-closed", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::room_changed& e) const {
    auto b = body(e.title.size());
    b.place().json().field("title", e.title);
    if (e.starts_at)
      b.json().field("startsAt", to_iso8601(*e.starts_at));
    else
      b.json().key("startsAt").null();
    b.json().field("by", e.by.text);
    return presented{"room-changed", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::knocked& e) const {
    auto b = body(2 * e.name.size());
    b.person(e.user, e.session, e.name).json().field("guest", e.guest);
    return presented{"knock", {}, b.place().timestamp().end_durable(), e.host};
  }

  std::optional<presented> operator()(const events::knock_ended& e) const {
    auto b = body(0);
    b.json().field("userId", e.user.text).field("socketId", e.session.text);
    b.place().json().field("reason", e.reason);
    return presented{"knock-ended", {}, b.timestamp().end_durable(), e.host};
  }

  std::optional<presented> operator()(const domain::knock_signal& s) const {
    auto b = body(2 * s.name.size());
    b.person(s.user, s.session, s.name).json().field("guest", s.guest);
    return presented{"knock", {}, b.place().timestamp().end()};
  }

  std::optional<presented> operator()(const domain::status_signal& s) const {
    auto b = body(2 * s.name.size());
    b.person(s.user, s.session, s.name);
    if (s.muted) b.json().field("muted", *s.muted);
    if (s.video_off) b.json().field("videoOff", *s.video_off);
    if (s.hand_raised) b.json().field("handRaised", *s.hand_raised);
    return presented{"status", {}, b.place().end()};
  }

  std::optional<presented> operator()(const domain::reaction_signal& s) const {
    auto b = body(2 * s.name.size() + s.emoji.size());
    b.person(s.user, s.session, s.name).json().field("emoji", s.emoji);
    return presented{"reaction", {}, b.place().end()};
  }

  std::optional<presented> operator()(const domain::typing_signal& s) const {
    auto b = body(s.name.size());
    b.place().json().field("userId", s.user.text).field("socketId", s.session.text);
    b.json().field("username", s.name).field("isTyping", s.is_typing);
    return presented{"typing", {}, b.end()};
  }

  std::optional<presented> operator()(const domain::relay_signal& s) const {
    auto b = body(2 * s.payload.size());
    switch (s.kind) {
    case domain::relay_kind::offer: return described(b, s, "offer", "offer-received");
    case domain::relay_kind::answer: return described(b, s, "answer", "answer-received");
    case domain::relay_kind::candidate: break;
    }
    b.json().key("candidate").raw(s.payload);
    return presented{"ice-candidate-received", "ice-candidate", from(b, s)};
  }

  // --- moderation of lounges: all members see it ---

  std::optional<presented> operator()(const events::lounge_changed& e) const {
    auto b = body(e.name.size() + e.topic.size());
    b.place().json().field("name", e.name).field("topic", e.topic).field("slowModeSeconds", e.slow_mode_seconds);
    b.json().field("by", e.by.text);
    return presented{"lounge-changed", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::role_changed& e) const {
    auto b = body(0);
    b.place().json().field("userId", e.user.text).field("role", e.role).field("by", e.by.text);
    return presented{"role-changed", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::moderation_action& e) const {
    auto b = body(e.reason.size() + e.rule.size());
    b.place();
    moderated(b, e.id, e.action, e.target, e.reason, e.until).field("by", e.by.text);
    if (!e.rule.empty()) b.json().field("rule", e.rule);
    if (!e.message.empty()) b.json().field("messageId", e.message.text).field("messageSeq", e.message_seq);
    return presented{"moderation", {}, b.timestamp().end_durable()};
  }

  /// What ended by itself is shown as what somebody would have done to end it.
  std::optional<presented> operator()(const events::moderation_expired& e) const {
    auto b = body(0);
    b.place();
    moderated(b, e.id, undoing(e.action), e.target, "expired", {});
    return presented{"moderation", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const events::moderation_reversed& e) const {
    auto b = body(e.reason.size());
    const auto action = e.lifted ? undoing(e.action) : std::string_view{"reversed"};
    b.place();
    moderated(b, e.id, action, e.target, e.reason, {}).field("of", e.action).field("by", e.by.text);
    return presented{"moderation", {}, b.timestamp().end_durable()};
  }

  std::optional<presented> operator()(const domain::moderation_signal& s) const {
    auto b = body(s.reason.size());
    b.json().field("loungeId", s.lounge.text);
    moderated(b, s.id, s.action, s.target, s.reason, s.until).field("by", s.user.text);
    return presented{"moderation", {}, b.end()};
  }

  std::optional<presented> operator()(const events::message_deleted& e) const {
    auto b = body(0);
    b.json().field("id", e.message.text).field("messageId", e.message.text).field("messageSeq", e.message_seq);
    b.place().json().field("by", e.by.text);
    return presented{"message-deleted", {}, b.timestamp().end_durable()};
  }

  /// What is logged but not shown: appeals, a place's opening, that something was relayed, and that a user was let in
  /// (their joining says so).
  template <class Event>
  std::optional<presented> operator()(const Event&) const {
    return std::nullopt;
  }

private:
  static std::string_view undoing(std::string_view action) { return action == "mute" ? "unmute" : "unban"; }
  static json_writer& moderated(body_writer& b, const action_id& id, std::string_view action, const user_id& target,
                                std::string_view reason, const std::optional<time_point>& until) {
    b.json().field("actionId", id.text).field("action", action).field("targetId", target.text);
    b.json().field("reason", reason);
    if (until)
      b.json().field("until", to_iso8601(*until));
    else
      b.json().key("until").null();
    return b.json();
  }
  /// A candidate carries no `sdp`: receivers tell the two apart by it.
  static presented described(body_writer& b, const domain::relay_signal& s, std::string_view kind,
                             std::string_view name) {
    b.json().key(kind).raw(s.payload).key("sdp").raw(s.payload);
    return {name, kind, from(b, s)};
  }
  static std::string from(body_writer& b, const domain::relay_signal& s) {
    b.json().field("from", s.session.text).field("sender", s.session.text).field("fromId", s.user.text);
    return b.place().end();
  }
};

} // namespace

std::optional<presented> present(const publication& p) {
  if (p.topic.family() == "inbox")
    if (auto shown = present_to_person(p)) return shown;
  const shower show{p, p.topic.family() == "room"};
  if (const auto* signal = std::get_if<domain::signal>(&p.what)) return std::visit(show, *signal);
  const auto& what = std::get<event>(p.what);
  if (const auto* room = std::get_if<events::room_event>(&what)) return std::visit(show, *room);
  if (const auto* lounge = std::get_if<events::lounge_event>(&what)) return std::visit(show, *lounge);
  return std::nullopt;
}

} // namespace parley::gateway
