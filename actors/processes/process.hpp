#pragma once
// Processes (sagas): what one entity's event means for another. A process is a pure function from an event, as the log
// has it, to the errands it calls for. It has no state of its own and reads no clock: what it must remember is in the
// entities, and a step that can fail tells so by an event, to which the process reacts again.
//
// The follower (follower.hpp) reads the log from its own stored position and runs each errand until the entity has
// answered it, in order for each entity: at least once after a crash, and once for the entity, since each errand
// carries an idempotency key made of its process and position.

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
  std::string_view name; ///< part of idempotency keys: never renamed, nor is the order of a reaction's errands changed
  std::vector<errand> (*react)(const record& r, const event& content);
};

/// All of them. They see the events of `followed_families` only; an entity of those families has
/// `static constexpr bool is_followed = true`, so that the follower is woken.
[[nodiscard]] std::span<const process> all_processes();
[[nodiscard]] std::span<const std::string_view> followed_families();

} // namespace parley
