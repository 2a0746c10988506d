#include "actors/places.hpp"

#include "events/assertion.hpp"

namespace parley {
namespace {

/// Calls `make` with an entity of the place's family.
template <class Entity, class... Rest, class Make>
any_command of_family(std::string_view family, const Make& make, entity_list<Entity, Rest...>) {
  if constexpr (is_place<Entity>)
    if (family == Entity::family) return make(std::type_identity<Entity>{});
  if constexpr (sizeof...(Rest) != 0) return of_family(family, make, entity_list<Rest...>{});
  PARLEY_ASSERT(false); // a session notes places only
  return {};
}

} // namespace

any_command returning_to(const stream_id& place) {
  return of_family(
      place.family(),
      []<class Entity>(std::type_identity<Entity>) {
        typename Entity::join join;
        join.returning = true;
        return any_command{typename Entity::command{std::move(join)}};
      },
      addressed_entities{});
}

any_command leaving(const stream_id& place, std::string reason) {
  return of_family(
      place.family(),
      [&]<class Entity>(std::type_identity<Entity>) {
        return any_command{typename Entity::command{typename Entity::leave{std::move(reason)}}};
      },
      addressed_entities{});
}

} // namespace parley
