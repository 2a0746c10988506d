#pragma once
// What happens where people gather: rooms (stream `room/<roomId>`, short-lived) and lounges (stream `lounge/<id>`,
// lasting). Both tell of joining, leaving and messages in the same words.

#include "events/admission_events.hpp"
#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"
#include "events/moderation_events.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

struct room_opened {
  static constexpr std::string_view type = "room-opened";
  static constexpr int schema = 3; ///< 1 had `keepHistory` (a boolean) for `history`, 2 no `admission`
  room_id room;
  std::string display_id; ///< the id as its opener wrote it; ids compare without case
  user_id host;
  std::string title; ///< empty: none
  std::uint32_t capacity = 0;
  std::optional<time_point> expires_at;
  std::string history = "kept"; ///< kept, none
  bool guests = true;
  std::string admission = "open";                     ///< open; ask: the host lets in who knocks
  std::optional<time_point> starts_at = std::nullopt; ///< when a meeting is planned for
  static constexpr auto fields() {
    return std::tuple{stored("roomId", &room_opened::room),         stored("displayId", &room_opened::display_id),
                      stored("hostId", &room_opened::host),         stored("title", &room_opened::title),
                      stored("capacity", &room_opened::capacity),   stored("expiresAt", &room_opened::expires_at),
                      stored("history", &room_opened::history),     stored("guests", &room_opened::guests),
                      stored("admission", &room_opened::admission), stored("startsAt", &room_opened::starts_at)};
  }
  friend bool operator==(const room_opened&, const room_opened&) = default;
};

/// The room's title and time from now on, both of them, whichever was changed.
struct room_changed {
  static constexpr std::string_view type = "room-changed";
  static constexpr int schema = 1;
  std::string title; ///< empty: none
  std::optional<time_point> starts_at;
  user_id by;
  static constexpr auto fields() {
    return std::tuple{stored("title", &room_changed::title), stored("startsAt", &room_changed::starts_at),
                      stored("by", &room_changed::by)};
  }
  friend bool operator==(const room_changed&, const room_changed&) = default;
};

struct lounge_created {
  static constexpr std::string_view type = "lounge-created";
  static constexpr int schema = 1;
  lounge_id lounge;
  user_id owner;
  std::string name, topic;
  static constexpr auto fields() {
    return std::tuple{stored("loungeId", &lounge_created::lounge), stored("ownerId", &lounge_created::owner),
                      stored("name", &lounge_created::name), stored("topic", &lounge_created::topic)};
  }
  friend bool operator==(const lounge_created&, const lounge_created&) = default;
};

struct joined {
  static constexpr std::string_view type = "joined";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  bool host = false; ///< the room's host or the lounge's owner
  bool guest = false;
  std::uint32_t participants = 0; ///< sessions present afterwards
  std::string name;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &joined::user),
                      stored("sessionId", &joined::session),
                      stored("host", &joined::host),
                      stored("guest", &joined::guest),
                      stored("participants", &joined::participants),
                      personal("name", &joined::name)};
  }
  friend bool operator==(const joined&, const joined&) = default;
};

struct left {
  static constexpr std::string_view type = "left";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  bool host = false;
  std::uint32_t participants = 0; ///< sessions present afterwards
  std::string reason;             ///< left, connection-lost, session-revoked, kicked, banned, room-closed, room-expired
  std::string name;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &left::user),   stored("sessionId", &left::session),
                      stored("host", &left::host),     stored("participants", &left::participants),
                      stored("reason", &left::reason), personal("name", &left::name)};
  }
  friend bool operator==(const left&, const left&) = default;
};

struct message_sent {
  static constexpr std::string_view type = "message-sent";
  static constexpr int schema = 1;
  message_id message;
  user_id user;
  session_id session;
  std::string name; ///< as shown beside the text
  std::string text;
  std::string reply_to;    ///< JSON text {id,text,sender} of the message replied to; empty: none
  std::string client_time; ///< the client's own timestamp, opaque; empty: none
  static constexpr auto fields() {
    return std::tuple{stored("messageId", &message_sent::message), stored("userId", &message_sent::user),
                      stored("sessionId", &message_sent::session), stored("clientTime", &message_sent::client_time),
                      personal("name", &message_sent::name),       personal("text", &message_sent::text),
                      personal("replyTo", &message_sent::reply_to)};
  }
  friend bool operator==(const message_sent&, const message_sent&) = default;
};

/// An SDP offer went from one session to another. The body is relayed, not stored: only its size and SHA-256.
struct offer_relayed {
  static constexpr std::string_view type = "offer-relayed";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  std::string to; ///< the receiving session's id; empty: everybody else in the room
  std::uint64_t bytes = 0;
  std::string sha256; ///< lower-case hex
  static constexpr auto fields() {
    return std::tuple{stored("userId", &offer_relayed::user), stored("sessionId", &offer_relayed::session),
                      stored("to", &offer_relayed::to), stored("bytes", &offer_relayed::bytes),
                      stored("sha256", &offer_relayed::sha256)};
  }
  friend bool operator==(const offer_relayed&, const offer_relayed&) = default;
};

struct answer_relayed {
  static constexpr std::string_view type = "answer-relayed";
  static constexpr int schema = 1;
  user_id user;
  session_id session;
  std::string to;
  std::uint64_t bytes = 0;
  std::string sha256;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &answer_relayed::user), stored("sessionId", &answer_relayed::session),
                      stored("to", &answer_relayed::to), stored("bytes", &answer_relayed::bytes),
                      stored("sha256", &answer_relayed::sha256)};
  }
  friend bool operator==(const answer_relayed&, const answer_relayed&) = default;
};

/// Nobody may enter any more. Comes after one `left` for everybody who was present.
struct room_closed {
  static constexpr std::string_view type = "room-closed";
  static constexpr int schema = 1;
  std::string reason; ///< closed-by-host, expired
  user_id by;         ///< empty when it expired
  static constexpr auto fields() {
    return std::tuple{stored("reason", &room_closed::reason), stored("by", &room_closed::by)};
  }
  friend bool operator==(const room_closed&, const room_closed&) = default;
};

using room_event = std::variant<room_opened, joined, left, message_sent, offer_relayed, answer_relayed, room_closed,
                                room_changed, knocked, admitted, knock_ended>;
using lounge_event =
    std::variant<lounge_created, joined, left, message_sent, lounge_changed, role_changed, moderation_action,
                 moderation_expired, moderation_appealed, moderation_reversed, message_deleted>;

} // namespace parley::events
