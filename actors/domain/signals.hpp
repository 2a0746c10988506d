#pragma once
// What members of a place are shown without it being an event: relayed, never stored.

#include "events/ids.hpp"

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

/// Told to everybody in the place except the session it comes from; a relay with `to` reaches that session only.
using signal = std::variant<typing_signal, relay_signal>;

} // namespace parley::domain
