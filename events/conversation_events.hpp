#pragma once
// What happens between two people (stream `conversation/<id>`): direct messages and calls, or the chat of a booking.
// The id of a direct conversation is its two user ids in order, `<first>~<second>`; a booking's chat has the booking's.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

struct conversation_opened {
  static constexpr std::string_view type = "conversation-opened";
  static constexpr int schema = 1;
  conversation_id conversation;
  user_id first, second;
  std::string about; ///< the booking's id; empty: a direct conversation
  static constexpr auto fields() {
    return std::tuple{stored("conversationId", &conversation_opened::conversation),
                      stored("first", &conversation_opened::first), stored("second", &conversation_opened::second),
                      stored("about", &conversation_opened::about)};
  }
  friend bool operator==(const conversation_opened&, const conversation_opened&) = default;
};

/// One message to the other. It is delivered to both inboxes by a process.
struct direct_message_sent {
  static constexpr std::string_view type = "message-sent";
  static constexpr int schema = 1;
  message_id message;
  user_id user; ///< from
  user_id to;
  session_id session; ///< empty: by REST
  std::string about;  ///< as the conversation's
  std::string name;
  std::string text;
  std::string reply_to;    ///< as in a room
  std::string client_time; ///< the client's own timestamp, opaque; empty: none
  static constexpr auto fields() {
    return std::tuple{stored("messageId", &direct_message_sent::message),
                      stored("userId", &direct_message_sent::user),
                      stored("to", &direct_message_sent::to),
                      stored("sessionId", &direct_message_sent::session),
                      stored("about", &direct_message_sent::about),
                      stored("clientTime", &direct_message_sent::client_time),
                      personal("name", &direct_message_sent::name),
                      personal("text", &direct_message_sent::text),
                      personal("replyTo", &direct_message_sent::reply_to)};
  }
  friend bool operator==(const direct_message_sent&, const direct_message_sent&) = default;
};

/// This participant has read everything up to `seq`. It only moves forward.
struct read_marked {
  static constexpr std::string_view type = "read-marked";
  static constexpr int schema = 1;
  user_id user;
  version seq = 0;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &read_marked::user), stored("seq", &read_marked::seq)};
  }
  friend bool operator==(const read_marked&, const read_marked&) = default;
};

/// This participant wants no messages or calls from the other.
struct blocked {
  static constexpr std::string_view type = "blocked";
  static constexpr int schema = 1;
  user_id by;
  static constexpr auto fields() { return std::tuple{stored("by", &blocked::by)}; }
  friend bool operator==(const blocked&, const blocked&) = default;
};

struct unblocked {
  static constexpr std::string_view type = "unblocked";
  static constexpr int schema = 1;
  user_id by;
  static constexpr auto fields() { return std::tuple{stored("by", &unblocked::by)}; }
  friend bool operator==(const unblocked&, const unblocked&) = default;
};

/// The offer itself is relayed, not stored: only its size and SHA-256.
struct call_started {
  static constexpr std::string_view type = "call-started";
  static constexpr int schema = 1;
  call_id call;
  user_id caller, callee;
  session_id session; ///< the caller's
  std::uint64_t bytes = 0;
  std::string sha256; ///< lower-case hex
  static constexpr auto fields() {
    return std::tuple{stored("callId", &call_started::call),   stored("caller", &call_started::caller),
                      stored("callee", &call_started::callee), stored("sessionId", &call_started::session),
                      stored("bytes", &call_started::bytes),   stored("sha256", &call_started::sha256)};
  }
  friend bool operator==(const call_started&, const call_started&) = default;
};

/// The callee is there and free: the devices ring.
struct call_ringing {
  static constexpr std::string_view type = "call-ringing";
  static constexpr int schema = 1;
  call_id call;
  static constexpr auto fields() { return std::tuple{stored("callId", &call_ringing::call)}; }
  friend bool operator==(const call_ringing&, const call_ringing&) = default;
};

struct call_accepted {
  static constexpr std::string_view type = "call-accepted";
  static constexpr int schema = 1;
  call_id call;
  user_id callee;
  session_id session; ///< the callee's device that answered
  std::uint64_t bytes = 0;
  std::string sha256;
  static constexpr auto fields() {
    return std::tuple{stored("callId", &call_accepted::call), stored("callee", &call_accepted::callee),
                      stored("sessionId", &call_accepted::session), stored("bytes", &call_accepted::bytes),
                      stored("sha256", &call_accepted::sha256)};
  }
  friend bool operator==(const call_accepted&, const call_accepted&) = default;
};

struct call_ended {
  static constexpr std::string_view type = "call-ended";
  static constexpr int schema = 1;
  call_id call;
  user_id caller, callee;
  std::string reason;        ///< ended, rejected, cancelled, missed, busy, unavailable, connection-lost, blocked
  user_id by;                ///< empty: nobody, time or the server
  std::uint32_t seconds = 0; ///< from its acceptance; 0: never accepted
  static constexpr auto fields() {
    return std::tuple{stored("callId", &call_ended::call),   stored("caller", &call_ended::caller),
                      stored("callee", &call_ended::callee), stored("reason", &call_ended::reason),
                      stored("by", &call_ended::by),         stored("seconds", &call_ended::seconds)};
  }
  friend bool operator==(const call_ended&, const call_ended&) = default;
};

using conversation_event = std::variant<conversation_opened, direct_message_sent, read_marked, blocked, unblocked,
                                        call_started, call_ringing, call_accepted, call_ended>;

} // namespace parley::events
