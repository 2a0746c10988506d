#pragma once
// The one dispatcher of both framings: an event name and its arguments, in all the shapes seen in the wild, become a
// request to a place (schema/protocols.md). Who speaks is never read from a payload. Pure but for ids it draws.

#include "actors/client_commands.hpp"
#include "events/random.hpp"
#include "gateway/protocol/client_message.hpp"

#include <set>

namespace parley::gateway {

struct speaker {
  user_id user;
  const std::set<stream_id>& places; ///< what the session is in: a message that names no room means the only one
  bool rooms_open_on_join = true;
};

/// errc::unknown_event, errc::malformed (wrong shape or type; the message names the field), errc::invalid.
[[nodiscard]] result<client_request> interpret(const client_message& message, const speaker& who, random_source& ids);

} // namespace parley::gateway
