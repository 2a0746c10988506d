#pragma once
// What the parts of the room's decider share: room.cpp (opening, coming and going, the end, folding), room_door.cpp
// (who may come in and look), room_talk.cpp (what members say), room_host.cpp (what the host does). For them only.

#include "actors/domain/rooms/room.hpp"

namespace parley::domain::room_rules {

using decided = decision<room::event>;

inline constexpr std::string_view asking = "ask";

[[nodiscard]] inline std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

/// The room is there and open. Expiry was looked at before.
[[nodiscard]] result<void> check_open(const room::state& s);
/// The caller's own membership. errc::not_member.
[[nodiscard]] result<const member*> caller(const room::state& s, const context& by);

/// A member's going; `after`: how many are left.
[[nodiscard]] events::left leaving(const room::state& s, const session_id& session, const member& m, std::size_t after,
                                   std::string_view reason);
[[nodiscard]] events::knock_ended ended_knock(const room::state& s, const session_id& session, const member& m,
                                              std::string_view reason);

// --- room_door.cpp --------------------------------------------------------------------------------------------------

/// errc::forbidden for whom the host removed, errc::guests_not_allowed. Never of the host.
[[nodiscard]] result<void> check_welcome(const room::state& s, const context& by);
/// The host is asked before the caller comes in.
[[nodiscard]] bool must_knock(const room::state& s, const context& by);

[[nodiscard]] result<decided> decide_one(const room::state& s, const room::look& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::look_back& c, const context& by);

// --- room_talk.cpp --------------------------------------------------------------------------------------------------

[[nodiscard]] result<decided> decide_one(const room::state& s, const room::send& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::typing& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::relay& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::show_status& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::react& c, const context& by);

// --- room_host.cpp --------------------------------------------------------------------------------------------------

[[nodiscard]] result<decided> decide_one(const room::state& s, const room::admit& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::deny& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::kick& c, const context& by);
[[nodiscard]] result<decided> decide_one(const room::state& s, const room::change& c, const context& by);

/// A title as it is kept; errc::invalid.
[[nodiscard]] result<std::string> clean_title(std::string_view title);
/// A start that is yet to come, or none; errc::invalid.
[[nodiscard]] result<void> check_start(const std::optional<time_point>& starts_at, const context& by);

} // namespace parley::domain::room_rules
