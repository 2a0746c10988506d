#pragma once
// Processes (sagas): what one entity's event means for another. A process is a pure function from an event, as the log
// has it, to the errands it calls for. It has no state of its own and reads no clock: what it must remember is in the
// entities, and a step that can fail tells so by an event, to which the process reacts again.
//
// The follower (follower.hpp) reads the log from its own stored position and runs each errand until the entity has
// answered it, one at a time and in order for each entity. After a crash it asks for some of them once more, and for
// very old ones when its position is that of an old backup. So an errand has one effect, however often it comes and
// whenever. An inbox keeps which it has taken (domain/errands_taken.hpp), since it is told what can be told again. The
// others are asked for what holds once it holds:
//
//   conversation   open: of a chat that is there, nothing; ring, end_call: a call's id is used once
//   ledger         transfer, hold, post, void_hold: a transfer's id is used once, ever (domain/market/ledger.hpp)
//   listing        complete_purchase, fail_purchase: of a purchase that is not open, nothing
//   calendar       settle: a payment goes one way only
//
// An errand of which nothing like that can be said is for an entity with `errands_taken taken` in its state.

#include "actors/entities.hpp"
#include "events/record.hpp"

#include <array>
#include <vector>

namespace parley {

struct errand {
  stream_id to;
  any_command command; ///< of `to`'s entity
};

struct process {
  /// Part of what tells errands apart: never changed, nor is the order of those that an event calls for.
  std::string_view name;
  std::vector<errand> (*react)(const record& r, const event& content);
};

/// All of them. They see the events of `followed_families` only; an entity of those families has
/// `static constexpr bool is_followed = true`, so that the follower is woken.
[[nodiscard]] std::span<const process> all_processes();
[[nodiscard]] std::span<const std::string_view> followed_families();

} // namespace parley
