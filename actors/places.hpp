#pragma once
// Places: entities that sessions are in, each with a join and a leave. A session owes each place it entered one `left`.

#include "actors/pending_command.hpp"

namespace parley {

template <class Entity>
inline constexpr bool is_place = requires {
  typename Entity::join;
};

/// What a session asks of a place of which it does not know whether it is in there (see `returning` of its join).
[[nodiscard]] any_command returning_to(const stream_id& place);
[[nodiscard]] any_command leaving(const stream_id& place, std::string reason);

/// Who went by an event of a place and did not come again since, and who was let in by it, as the state is now.
template <class Entity>
void note_concerned(const typename Entity::state& now, const typename Entity::event& e, released& out) {
  const auto note_gone = [&](const auto* gone) {
    if (gone && !domain::is_present(now, gone->session)) out.dismissed.push_back({gone->session, gone->reason});
  };
  note_gone(std::get_if<events::left>(&e));
  if constexpr (requires { now.waiting; }) {
    note_gone(std::get_if<events::knock_ended>(&e));
    const auto* in = std::get_if<events::joined>(&e);
    if (in && now.members.contains(in->session)) out.admitted.push_back(in->session);
  }
}

} // namespace parley
