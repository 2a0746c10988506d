#pragma once
// What members of a place are shown without it being an event: relayed, never stored.

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

/// Told to everybody in the place except the session it comes from; one with `to` reaches that session only.
using signal = std::variant<typing_signal, relay_signal, status_signal, reaction_signal, knock_signal>;

/// The session that the signal is for; empty: everybody.
[[nodiscard]] inline const session_id& addressee(const signal& s) {
  static const session_id everybody;
  if (const auto* relay = std::get_if<relay_signal>(&s)) return relay->to;
  if (const auto* knock = std::get_if<knock_signal>(&s)) return knock->to;
  return everybody;
}

} // namespace parley::domain
