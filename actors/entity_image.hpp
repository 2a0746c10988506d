#pragma once
// What an entity is at a version, and how pages of its stream bring it there. Nothing here waits or sends.

#include "actors/domain/errands_taken.hpp"
#include "actors/messages.hpp"

namespace parley {

inline constexpr std::string_view actor_system = "system"; ///< in records: nobody's command

/// Not all that processes ask of it is harmless when repeated, so it keeps what it has taken.
template <class Entity>
concept takes_errands = std::same_as<decltype(Entity::state::taken), domain::errands_taken>;

template <class Entity>
struct entity_image {
  typename Entity::state state;
  parley::version version = 0; ///< of `state`
  parley::version snapshot_version = 0;

  /// Applies an event decided just now.
  void evolve(const typename Entity::event& e, const domain::context& by) {
    apply(e, by.now, by.user.empty() ? std::string_view{by.cause} : std::string_view{});
  }

  /// What a process asks for was asked for before, and took place.
  [[nodiscard]] bool has_taken(const domain::context& by) const {
    if constexpr (takes_errands<Entity>)
      if (const auto errand = by.user.empty() ? domain::errand_of(by.cause) : std::nullopt)
        return state.taken.has(*errand);
    return false;
  }

  /// Applies a page: its snapshot when it has one, then its events. errc::corrupt for a snapshot that cannot be used
  /// and for a stream with a gap or a foreign event; the image is then to be thrown away.
  [[nodiscard]] result<void> replay(const loaded& l) {
    if (!l.page) return tl::make_unexpected(l.page.error());
    if (!l.base) return tl::make_unexpected(l.base.error());
    if (*l.base) {
      if ((*l.base)->schema != Entity::snapshot_schema) return fail(errc::corrupt, "a snapshot of another schema");
      auto restored = Entity::restore((*l.base)->state);
      if (!restored) return tl::make_unexpected(std::move(restored.error()));
      state = std::move(*restored);
      version = snapshot_version = (*l.base)->version;
    }
    for (const auto& r : *l.page) {
      const auto content = content_of(r);
      if (!content) return tl::make_unexpected(content.error());
      const auto* mine = std::get_if<typename Entity::event>(&*content);
      if (!mine || r.version != version + 1) return fail(errc::corrupt, "the stream has a gap or a foreign event");
      apply(*mine, r.time, r.actor == actor_system ? std::string_view{r.cause} : std::string_view{});
    }
    return {};
  }

private:
  /// `cause`: empty for a person's command, whatever it calls itself.
  void apply(const typename Entity::event& e, time_point when, [[maybe_unused]] std::string_view cause) {
    Entity::evolve(state, e, when);
    ++version;
    if constexpr (takes_errands<Entity>)
      if (const auto errand = domain::errand_of(cause)) state.taken.take(*errand);
  }
};

} // namespace parley
