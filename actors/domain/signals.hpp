#pragma once
// What members of a place are shown without it being an event: relayed, never stored.

#include "events/clock.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <variant>

namespace parley::domain {

struct typing_signal {
  user_id user;
  session_id session;
  std::string name;
  bool is_typing = false;
};

enum class relay_kind { offer, answer, candidate };

/// An SDP body or ICE candidate on its way to one session (or to everybody else when `to` is empty).
struct relay_signal {
  relay_kind kind = relay_kind::offer;
  user_id user;       ///< from
  session_id session; ///< from
  session_id to;
  std::string payload; ///< JSON value as text, as the client sent it
};

/// What a member says of itself; what is not given is as it was.
struct status_signal {
  user_id user;
  session_id session;
  std::string name;
  std::optional<bool> muted, video_off, hand_raised;
};

struct reaction_signal {
  user_id user;
  session_id session;
  std::string name;
  std::string emoji;
};

/// Somebody has been waiting at the door since before the host's session `to` came.
struct knock_signal {
  user_id user;       ///< who waits
  session_id session; ///< who waits
  session_id to;
  std::string name;
  bool guest = false;
};

/// A person came online, went away from their devices, or went: to the inbox of each contact.
struct presence_signal {
  user_id user;
  session_id session; ///< empty: all are told
  std::string status; ///< online, away, offline
  time_point at;      ///< since when; of offline: last seen
};

struct direct_typing_signal {
  user_id user;
  session_id session;
  std::string name;
  conversation_id conversation;
  bool is_typing = false;
};

/// How far somebody has read.
struct read_signal {
  user_id user;
  session_id session;
  conversation_id conversation;
  std::uint64_t seq = 0;
};

enum class call_step { incoming, calling, accepted, rejected, ended, candidate };

/// A step of a call between two people, to an inbox: on all devices, or on one (`to`).
struct call_signal {
  call_step step = call_step::incoming;
  call_id call;
  conversation_id conversation;
  user_id user;        ///< from
  session_id session;  ///< from
  session_id to;       ///< empty: all devices
  std::string name;    ///< the caller's
  std::string word;    ///< of calling: its status; of ended: why
  std::string payload; ///< the offer, answer or candidate: JSON value as text
};

/// Something a moderator did to somebody who is not in the lounge just now, to their inbox.
struct moderation_signal {
  user_id user; ///< the moderator
  session_id session;
  lounge_id lounge;
  action_id id;
  std::string action;
  user_id target;
  std::string reason;
  std::optional<time_point> until;
};

enum class booking_news { requested, status_changed, availability_changed, location };

/// About a booking or a calendar, to the inbox of a party: what is only worth knowing now. Lasting news are notices
/// (actors/processes/booking_notices.hpp).
struct booking_signal {
  booking_news what = booking_news::status_changed;
  user_id user;       ///< from; empty: the system
  session_id session; ///< from
  std::string body;   ///< as clients see it: JSON object text
};

/// Told to everybody in the place, or of the inbox, except the session it comes from; one with `to` reaches that
/// session only. Every signal has `session`.
using signal = std::variant<typing_signal, relay_signal, status_signal, reaction_signal, knock_signal, presence_signal,
                            direct_typing_signal, read_signal, call_signal, moderation_signal, booking_signal>;

/// The one session that is meant; null: all.
[[nodiscard]] inline const session_id* directed_to(const signal& s) {
  return std::visit(
      [](const auto& one) -> const session_id* {
        if constexpr (requires { one.to; }) return one.to.empty() ? nullptr : &one.to;
        return nullptr;
      },
      s);
}

} // namespace parley::domain
