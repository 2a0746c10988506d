#pragma once
// What a connected client can ask its session for, once the gateway understood it. No CAF in this header.

#include "actors/entities.hpp"

#include <optional>
#include <variant>

namespace parley {

/// Enters a place. `after`: first everything of the place with a greater seq, then live; none: live from now on.
struct join_place {
  stream_id place;
  any_command command;
  std::optional<version> after;
};
struct leave_place {
  stream_id place;
};
/// Anything else said to a place, or to an entity that is none.
struct tell_place {
  stream_id place;
  any_command command;
  std::optional<idempotency> once;
};

/// Said to another person, in the conversation `place`: errc::user_not_found when there is nobody of that name.
struct tell_person {
  stream_id place;
  user_id other;
  any_command command;
  std::optional<idempotency> once;
};

using client_request = std::variant<join_place, leave_place, tell_place, tell_person>;

} // namespace parley
