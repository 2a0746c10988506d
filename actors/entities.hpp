#pragma once
// How the rest of the server speaks to entities: by stream id, never by actor handle, so that an entity may live
// anywhere. Implemented by the registry (actors/registry.hpp); no CAF in this header.

#include "actors/domain/bookings/calendar.hpp"
#include "actors/domain/bookings/service.hpp"
#include "actors/domain/lounges/lounge.hpp"
#include "actors/domain/lounges/reports.hpp"
#include "actors/domain/market/ledger.hpp"
#include "actors/domain/market/listing.hpp"
#include "actors/domain/people/account.hpp"
#include "actors/domain/people/conversation.hpp"
#include "actors/domain/people/inbox.hpp"
#include "actors/domain/rooms/room.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace parley {

/// What a command answered, once it is durable.
struct answer {
  std::string body; ///< JSON object text (see each entity's `reply`)
  position at = 0;  ///< what a later read must have seen; 0: the command wrote nothing and waited for nothing
  parley::version version = 0; ///< the entity's version after the command
  bool repeated = false;       ///< the first answer to an earlier command with the same key, given again
  parley::version since = 0;   ///< of a join: the seq at which the caller came in, now or earlier
  bool forgetful = false;      ///< of a join: the place shows nobody what was before they came in
  bool waiting = false;        ///< of a join: the caller is not in, but waits at the door
};

/// The continuation of a command: called exactly once, on the entity's thread. When it is dropped uncalled (its actor
/// failed), the caller gets errc::unavailable: no command stays unanswered.
class reply {
public:
  using function = std::function<void(result<answer>)>;

  reply() = default;
  explicit reply(function f)
    : function_{std::move(f)} {}
  reply(reply&& other) noexcept
    : function_{std::exchange(other.function_, nullptr)} {}
  reply& operator=(reply&& other) noexcept {
    if (this != &other) {
      abandon();
      function_ = std::exchange(other.function_, nullptr);
    }
    return *this;
  }
  ~reply() { abandon(); }

  void operator()(result<answer> r) {
    if (auto f = std::exchange(function_, nullptr)) f(std::move(r));
  }

private:
  void abandon() noexcept {
    if (auto f = std::exchange(function_, nullptr)) f(fail(errc::unavailable, "the entity failed; try again", 1));
  }
  function function_;
};

/// Makes a command take effect once: the first answer is kept under `key` in the same commit as the events.
/// A repeat with another fingerprint is errc::key_reused; one still under way errc::request_in_progress when
/// `refuse_while_pending`, else it gets the first one's answer.
struct idempotency {
  std::string key;         ///< `<userId>|<client's key>`
  std::string fingerprint; ///< SHA-256 of what was asked, hex
  bool refuse_while_pending = false;
};

template <class Entity>
struct request {
  typename Entity::command command;
  domain::context by;
  std::optional<idempotency> once;
  std::optional<version> if_match; ///< errc::precondition_failed when the entity's version is another
  reply respond;
};

template <class... Entities>
struct entity_list {
  using any_request = std::variant<request<Entities>...>;
  using any_command = std::variant<typename Entities::command...>;
};
/// Every entity that others speak to. A session is not one: it has a client (actors/registry.hpp).
using addressed_entities =
    entity_list<domain::account, domain::room, domain::lounge, domain::conversation, domain::inbox, domain::ledger,
                domain::listing, domain::reports, domain::service, domain::calendar>;
using any_request = addressed_entities::any_request;
using any_command = addressed_entities::any_command;

/// The request that carries `c`; its alternative follows from the command's.
[[nodiscard]] any_request request_of(any_command c, domain::context by, std::optional<idempotency> once, reply respond);

/// Thread-safe. Never blocks; the answer comes by `respond`.
class entities {
public:
  virtual ~entities() = default;
  /// `who` is of the family of the request's entity.
  virtual void ask(const stream_id& who, any_request r) = 0;
};

} // namespace parley
