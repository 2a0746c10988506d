#pragma once
// Places: entities that sessions are in, each with a join and a leave. A session owes each place it entered one `left`.

#include "actors/entities.hpp"

namespace parley {

template <class Entity>
inline constexpr bool is_place = requires {
  typename Entity::join;
};

/// What a session asks of a place of which it does not know whether it is in there (see `returning` of its join).
[[nodiscard]] any_command returning_to(const stream_id& place);
[[nodiscard]] any_command leaving(const stream_id& place, std::string reason);

} // namespace parley
