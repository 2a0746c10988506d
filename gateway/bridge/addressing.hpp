#pragma once
// What the vocabularies of rooms, lounges and the rest share: which place an event addresses, under all the names that
// are in use. Pure; refers into the message it reads.

#include "gateway/bridge/arguments.hpp"
#include "gateway/bridge/vocabulary.hpp"

namespace parley::gateway {

inline constexpr names room_names{"roomId", "room", "roomCode", "code"};
inline constexpr names lounge_names{"loungeId", "lounge"};
inline constexpr names target_names{"to", "target", "targetId", "targetUserId", "targetSocketId", "toUserId"};

/// One event under interpretation.
struct asked {
  const arguments& given;
  const speaker& who;
  random_source& ids;
};

inline tl::unexpected<error> pass(error&& e) { return tl::make_unexpected(std::move(e)); }

struct place {
  stream_id stream;
  std::string display_id; ///< as the client wrote it
  [[nodiscard]] bool is_room() const { return stream.family() == domain::room::family; }
  [[nodiscard]] std::string key() const { return std::string{stream.key()}; }
};

/// errc::malformed when `value` is no id, errc::invalid for one that cannot be a place's.
[[nodiscard]] result<place> room_of(const nlohmann::json& value);
[[nodiscard]] result<place> lounge_of(const nlohmann::json& value);
/// The only room, or lounge, that the speaker is in; errc::malformed when there is none or several.
[[nodiscard]] result<place> only_room(const speaker& who);
[[nodiscard]] result<place> only_lounge(const speaker& who);

/// The room of what is said to rooms alone: a field, then a leading id, then the only one.
[[nodiscard]] result<place> addressed_room(const asked& a);

/// Which of the two an event means when it addresses nothing.
enum class usual { room, lounge };
/// The place a message or typing addresses: by its fields whatever the event's name, then by a leading id, then the
/// only place the speaker is in.
[[nodiscard]] result<place> addressed(const asked& a, usual otherwise);

/// A place that is entered or left: a field, a leading id, or a bare id; null: none.
[[nodiscard]] const nlohmann::json* named_place(const arguments& given, names fields);

template <class Command>
tell_place tell(const place& p, Command command, std::optional<idempotency> once = {}) {
  return {p.stream, std::move(command), std::move(once)};
}

} // namespace parley::gateway
