#pragma once
// What one person is told, on all their devices (stream `inbox/<userId>`). Their sessions are present in it, as in a
// room: whether anybody is, is whether the person is online.

#include "events/gathering_events.hpp"

namespace parley::events {

/// A device said whether it is looked at.
struct status_set {
  static constexpr std::string_view type = "status-set";
  static constexpr int schema = 1;
  session_id session;
  bool away = false;
  static constexpr auto fields() {
    return std::tuple{stored("sessionId", &status_set::session), stored("away", &status_set::away)};
  }
  friend bool operator==(const status_set&, const status_set&) = default;
};

/// A message of a conversation, to or from this person. `seq` is its place in the conversation.
struct message_delivered {
  static constexpr std::string_view type = "message-delivered";
  static constexpr int schema = 1;
  conversation_id conversation;
  version seq = 0;
  message_id message;
  user_id user; ///< from
  user_id to;
  session_id session;
  std::string about;
  time_point sent_at;
  std::string name; ///< this and the following belong to `user`, the author
  std::string text;
  std::string reply_to;
  std::string client_time;
  static constexpr auto fields() {
    return std::tuple{stored("conversationId", &message_delivered::conversation),
                      stored("seq", &message_delivered::seq),
                      stored("messageId", &message_delivered::message),
                      stored("userId", &message_delivered::user),
                      stored("to", &message_delivered::to),
                      stored("sessionId", &message_delivered::session),
                      stored("about", &message_delivered::about),
                      stored("sentAt", &message_delivered::sent_at),
                      stored("clientTime", &message_delivered::client_time),
                      personal("name", &message_delivered::name),
                      personal("text", &message_delivered::text),
                      personal("replyTo", &message_delivered::reply_to)};
  }
  friend bool operator==(const message_delivered&, const message_delivered&) = default;
};

struct notified {
  static constexpr std::string_view type = "notified";
  static constexpr int schema = 1;
  notification_id notification;
  std::string kind; ///< a word: booking-requested, missed-call, ...
  std::string title, body;
  std::string data; ///< JSON object text for programs; empty: none
  static constexpr auto fields() {
    return std::tuple{stored("notificationId", &notified::notification), stored("kind", &notified::kind),
                      personal("title", &notified::title), personal("body", &notified::body),
                      personal("data", &notified::data)};
  }
  friend bool operator==(const notified&, const notified&) = default;
};

struct notification_read {
  static constexpr std::string_view type = "notification-read";
  static constexpr int schema = 1;
  notification_id notification;
  static constexpr auto fields() { return std::tuple{stored("notificationId", &notification_read::notification)}; }
  friend bool operator==(const notification_read&, const notification_read&) = default;
};

/// Somebody this person has written with: told of their presence from now on.
struct contact_added {
  static constexpr std::string_view type = "contact-added";
  static constexpr int schema = 1;
  user_id user;
  static constexpr auto fields() { return std::tuple{stored("userId", &contact_added::user)}; }
  friend bool operator==(const contact_added&, const contact_added&) = default;
};

/// One of the two blocked the other: told of their presence no more, until there is a message again.
struct contact_removed {
  static constexpr std::string_view type = "contact-removed";
  static constexpr int schema = 1;
  user_id user;
  static constexpr auto fields() { return std::tuple{stored("userId", &contact_removed::user)}; }
  friend bool operator==(const contact_removed&, const contact_removed&) = default;
};

/// The person takes part in a call, so they are busy for every other.
struct engaged {
  static constexpr std::string_view type = "engaged";
  static constexpr int schema = 1;
  call_id call;
  conversation_id conversation;
  session_id session; ///< the device; empty while it rings on all of them
  static constexpr auto fields() {
    return std::tuple{stored("callId", &engaged::call), stored("conversationId", &engaged::conversation),
                      stored("sessionId", &engaged::session)};
  }
  friend bool operator==(const engaged&, const engaged&) = default;
};

/// The call cannot be had with this person: nobody is there, or another call is under way, or the device that had it is
/// gone.
struct call_declined {
  static constexpr std::string_view type = "call-declined";
  static constexpr int schema = 1;
  call_id call;
  conversation_id conversation;
  std::string reason; ///< busy, unavailable, connection-lost
  static constexpr auto fields() {
    return std::tuple{stored("callId", &call_declined::call), stored("conversationId", &call_declined::conversation),
                      stored("reason", &call_declined::reason)};
  }
  friend bool operator==(const call_declined&, const call_declined&) = default;
};

struct disengaged {
  static constexpr std::string_view type = "disengaged";
  static constexpr int schema = 1;
  call_id call;
  static constexpr auto fields() { return std::tuple{stored("callId", &disengaged::call)}; }
  friend bool operator==(const disengaged&, const disengaged&) = default;
};

using inbox_event = std::variant<joined, left, status_set, message_delivered, notified, notification_read,
                                 contact_added, contact_removed, engaged, call_declined, disengaged>;

} // namespace parley::events
