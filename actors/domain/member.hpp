#pragma once
// Who is present in a room or lounge: sessions, each of a user. The same user may be in with several sessions.

#include "actors/domain/decision.hpp"
#include "events/json_writer.hpp"

#include <functional>
#include <map>

namespace parley::domain {

/// How many of the present an answer to a join lists. `participantCount` counts all; the rest is asked for by page.
inline constexpr std::size_t listed_members_max = 1000;

/// What a member last said of itself, as far as it is remembered (see room.hpp).
struct member_status {
  bool muted = false, video_off = false, hand_raised = false;
  friend bool operator==(const member_status&, const member_status&) = default;
};

struct member {
  user_id user;
  std::string name;
  bool guest = false;
  time_point joined_at;
  version joined_seq = 0; ///< of the `joined` that brought it in
  member_status status{}; ///< in no snapshot
  friend bool operator==(const member&, const member&) = default;
};
using members = std::map<session_id, member>;

// What differs between the states of places.

/// The place has ended: nothing happens there any more.
template <class State>
[[nodiscard]] bool is_closed(const State& s) {
  if constexpr (requires { s.closed; }) return s.closed;
  return false;
}
/// It shows nobody what was before they came in.
template <class State>
[[nodiscard]] bool is_forgetful(const State& s) {
  if constexpr (requires { s.history; }) return s.history == "none";
  return false;
}
/// It waits at the door of a place that has one.
template <class State>
[[nodiscard]] bool is_waiting(const State& s, const session_id& session) {
  if constexpr (requires { s.waiting; }) return s.waiting.contains(session);
  return false;
}
/// The seq of the joining of a session that is present, or was when the place closed; 0 of any other.
template <class State>
[[nodiscard]] version came_in(const State& s, const session_id& session) {
  if (const auto at = s.members.find(session); at != s.members.end()) return at->second.joined_seq;
  if constexpr (requires { s.let_go; })
    if (const auto at = s.let_go.find(session); at != s.let_go.end()) return at->second;
  return 0;
}

/// The name a member goes by: a guest's is the one asked for, else the caller's, else "Guest". Of whoever has an
/// account it is the account's, whatever is asked for: nobody joins as somebody else. errc::invalid as `clean_line`.
[[nodiscard]] result<std::string> member_name(std::string_view asked, const context& by);

/// Appends `users` and `participants`, the same array: {id, socketId, userId, username, name, isHost, guest, joinedAt}.
/// The member `self` is listed whatever the bound. `more` adds what the place knows of each.
void write_members(json_writer& out, const members& present, const user_id& host, const session_id& self,
                   const std::function<void(json_writer&, const member&)>& more = {});

} // namespace parley::domain
