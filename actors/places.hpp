#pragma once
// Places: entities that sessions are in, each with a join and a leave. A session owes each place it entered one `left`.

#include "actors/entity_image.hpp"
#include "actors/pending_command.hpp"

namespace parley {

template <class Entity>
inline constexpr bool is_place = requires {
  typename Entity::join;
};

/// What a session asks of a place of which it does not know whether it is in there (see `returning` of its join).
[[nodiscard]] any_command returning_to(const stream_id& place);
[[nodiscard]] any_command leaving(const stream_id& place, std::string reason);

/// Who went by the event of a place and did not come again since, and who came in by it, as the place is `now`.
template <class Entity>
[[nodiscard]] concerned concerned_by(const typename Entity::event& e, version seq, const stream_id& place,
                                     const entity_image<Entity>& now_at) {
  concerned whom;
  const auto& now = now_at.state;
  const auto last = domain::is_closed(now) ? now_at.version : seq;
  const auto note_gone = [&](const auto* gone) {
    if (gone && !now.members.contains(gone->session) && !domain::is_waiting(now, gone->session))
      whom.dismissed.push_back(let_go(place, now, {gone->session, gone->reason}, last));
  };
  note_gone(std::get_if<events::left>(&e));
  if constexpr (requires { now.waiting; }) {
    note_gone(std::get_if<events::knock_ended>(&e));
    const auto* in = std::get_if<events::joined>(&e);
    if (in && now.members.contains(in->session)) whom.admitted.push_back(in->session);
  }
  return whom;
}

} // namespace parley
