#pragma once
// The CAF messages between actors. All of them are shared pointers to plain values: nothing here leaves the process,
// and a message that waits in two places is never copied.

#include "actors/client_commands.hpp"
#include "actors/client_port.hpp"
#include "actors/domain/people/session.hpp"
#include "actors/entities.hpp"
#include "events/log/event_log.hpp"

#include <caf/all.hpp>
#include <memory>
#include <variant>
#include <vector>

namespace parley {

template <class Entity>
using request_ptr = std::shared_ptr<request<Entity>>;

/// The log writer's answers to one entity for one commit, in the order of its requests.
struct appended {
  struct one {
    std::uint64_t ticket;
    result<commit> outcome;
  };
  std::vector<one> answers;
};
using appended_ptr = std::shared_ptr<appended>;

/// One page of a stream on its way to an entity that recovers.
struct loaded {
  std::uint64_t ticket = 0;
  result<std::optional<parley::snapshot>> base; ///< asked for with the first page only
  result<std::vector<record>> page;
  bool last = true; ///< nothing durable follows
};
using loaded_ptr = std::shared_ptr<loaded>;

/// What comes next in the log of the families that processes react to.
struct followed {
  result<family_page> page;
  position head = 0; ///< of the log, before it was read
};
using followed_ptr = std::shared_ptr<followed>;

// --- to a session --------------------------------------------------------------------------------------------------

/// Who a connection turned out to be.
struct principal {
  user_id user;
  login_id login; ///< empty: a guest without token
  std::string name;
  bool guest = false;
};

/// A connection wants to be this session: a new one, or one that comes back. Whoever deals with it takes the client
/// out; one that nobody dealt with (its actor failed, or is gone) is told to come back.
struct client_arrived {
  ~client_arrived() {
    if (client) client->close(close_reason::come_back);
  }
  client_port_ptr client;
  session_id session;
  principal who;
  bool resuming = false;
  std::map<stream_id, version> seen; ///< what the client says it has of each place
};
using client_arrived_ptr = std::shared_ptr<client_arrived>;

/// One command of the connected client. Whoever answers it takes the client out; no command stays unanswered.
struct client_command {
  ~client_command() {
    if (client && !own) client->answer(ack, fail(errc::unavailable, "the session is recovering; try again", 1));
  }
  client_port_ptr client;
  std::optional<std::uint64_t> ack;
  client_request what;
  bool own = false; ///< the session asks by itself: nobody waits for an answer
};
using client_command_ptr = std::shared_ptr<client_command>;

/// The connection is gone.
struct client_gone {
  client_port_ptr client;
  bool clean = false;                  ///< said goodbye: no grace
  std::map<stream_id, version> handed; ///< last seq handed to the connection, of each place
};
using client_gone_ptr = std::shared_ptr<client_gone>;

/// The login behind the session was revoked: it ends now.
struct login_cut {
  login_id login;
};
using login_cut_ptr = std::shared_ptr<login_cut>;

/// The place let the session go (closed, kicked, denied): the session owes it no `left` any more. Told before anybody
/// hears an answer that was decided on it.
struct dismissed {
  stream_id place;
  session_id session;
  version since = 0;      ///< the seq of its joining
  version last = 0;       ///< the last that it is shown
  bool forgetful = false; ///< the place shows nobody what was before they came in
  std::string reason{};   ///< as in `left` and `knock-ended`
};
using dismissed_ptr = std::shared_ptr<dismissed>;

/// A place whose state is `s` lets the session go; it is shown all up to `last`.
template <class State>
[[nodiscard]] dismissed_ptr let_go(const stream_id& place, const State& s, const domain::dismissal& d, version last) {
  return std::make_shared<dismissed>(
      dismissed{place, d.session, domain::came_in(s, d.session), last, domain::is_forgetful(s), d.reason});
}

/// The session waited at the place's door, and was let in.
struct admitted {
  stream_id place;
};
using admitted_ptr = std::shared_ptr<admitted>;

/// What an actor asked to be called with, in its own context.
using continuation = std::function<void()>;
using continuation_ptr = std::shared_ptr<continuation>;

using tick_atom = caf::atom_constant<caf::atom("tick")>; ///< time to see what is idle or due
using heal_atom = caf::atom_constant<caf::atom("heal")>; ///< an entity tries to recover once more

} // namespace parley

template <class Entity> // as the macro below, for every entity
struct caf::allowed_unsafe_message_type<parley::request_ptr<Entity>> : std::true_type {};
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::appended_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::loaded_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::followed_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::client_arrived_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::client_command_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::client_gone_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::login_cut_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::dismissed_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::admitted_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::continuation_ptr)
