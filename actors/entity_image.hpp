#pragma once
// What an entity is at a version, and how pages of its stream bring it there. Nothing here waits or sends.

#include "actors/messages.hpp"

namespace parley {

template <class Entity>
struct entity_image {
  typename Entity::state state;
  parley::version version = 0; ///< of `state`
  parley::version snapshot_version = 0;

  /// Applies an event decided just now.
  void evolve(const typename Entity::event& e, time_point when) {
    Entity::evolve(state, e, when);
    ++version;
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
      evolve(*mine, r.time);
    }
    return {};
  }
};

} // namespace parley
