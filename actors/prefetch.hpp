#pragma once
// What an entity may have beyond what every decider has (actors/domain/decision.hpp): a question to the log before it
// decides, and its own idea of when a snapshot is worth its bytes.

#include "actors/log_port.hpp"

namespace parley {

template <class Entity>
concept asks_the_log = requires(const typename Entity::state& s, typename Entity::command& c, const event& e) {
  { Entity::asks_for(s, c) } -> std::same_as<std::optional<stream_id>>;
  Entity::tell(c, e);
};

/// Reads what the command has to be told, so that `decide` stays pure. A filter in memory answers for most streams that
/// do not exist; else it is one read of the log, on the actor's thread.
template <class Entity>
[[nodiscard]] result<void> prefetch(log_port& log, const typename Entity::state& s, typename Entity::command& c) {
  const auto stream = Entity::asks_for(s, c);
  if (!stream) return {};
  const auto first = log.first_of(*stream);
  if (!first) return tl::make_unexpected(first.error());
  if (!*first) return {};
  const auto content = content_of(**first);
  if (!content) return tl::make_unexpected(content.error());
  Entity::tell(c, *content);
  return {};
}

template <class Entity>
[[nodiscard]] std::size_t snapshot_every(const typename Entity::state& s, std::size_t usual) {
  if constexpr (requires { Entity::snapshot_every(s, usual); })
    return Entity::snapshot_every(s, usual);
  else
    return usual;
}

} // namespace parley
