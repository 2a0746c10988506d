#pragma once
// Opening and changing a room, as a room or as a meeting, and finding one to read.

#include "gateway/rest/routes/rows.hpp"

namespace parley::gateway {

/// Reads title, startsAt, capacity, expiresInSeconds, history, guests and admission from the body.
[[nodiscard]] result<domain::room::open> read_opening(const nlohmann::json& body);

/// Opens a room under an id of ours and answers 201 with what `shaped` makes of it. Somebody without a token opens it
/// as a guest of a moment: nobody can then close it by REST, nor let anybody in, so a room that asks its host is
/// errc::unauthenticated.
void open_room(const call_ptr& c, domain::room::open command, shape shaped);

/// Changes title and startsAt of the room that the path names, as the body says: null takes away, what is not there
/// stays. Answers with what `shaped` makes of the room.
void change_room(const call_ptr& c, shape shaped);

/// The room that the path names, compared without case; errc::room_not_found when there is none, when it is closed (if
/// `open_only`), and for ids that can be none.
void find_room(const call_ptr& c, bool open_only, std::function<void(const room_row&)> then);

/// Goes on when the room is for the caller's eyes; else the refusal goes out. Asks the room itself
/// (domain::room::look): a read model would still show it to whom the host removed a moment ago.
void if_may_look(const call_ptr& c, const room_id& id, std::function<void()> then);

} // namespace parley::gateway
