#pragma once
// What the words of all systems share: how places, texts, drafts and bodies of signaling are read from the arguments of
// an event. For the files of the vocabulary only (vocabulary.cpp, *_words.cpp). Pure but for ids it draws.

#include "events/record.hpp"
#include "gateway/bridge/arguments.hpp"
#include "gateway/bridge/vocabulary.hpp"

#include <span>

namespace parley::gateway::wording {

inline constexpr names room_names{"roomId", "room", "roomCode", "code"};
inline constexpr names lounge_names{"loungeId", "lounge"};
inline constexpr names receiver_names{"receiverId", "recipientId"};
inline constexpr names target_names{"to", "target", "targetId", "targetUserId", "targetSocketId", "toUserId"};
/// A word about somebody else: here a user's id is no claim of who speaks.
inline constexpr names person_names{"to",       "target", "targetId", "targetUserId", "targetSocketId",
                                    "toUserId", "userId", "socketId"};

struct asked {
  const arguments& given;
  const speaker& who;
  random_source& ids;
};

/// One word of a vocabulary.
struct word {
  std::string_view event;
  result<client_request> (*interpret)(const asked&);
};

// The words of each system; the names of two systems do not overlap.
[[nodiscard]] std::span<const word> room_words();
[[nodiscard]] std::span<const word> lounge_words();
[[nodiscard]] std::span<const word> people_words();
[[nodiscard]] std::span<const word> booking_words();

inline tl::unexpected<error> pass(error&& e) { return tl::make_unexpected(std::move(e)); }

// --- places ---------------------------------------------------------------------------------------------------------

struct place {
  stream_id stream;
  std::string display_id; ///< as the client wrote it
  [[nodiscard]] bool is_room() const { return stream.family() == domain::room::family; }
  [[nodiscard]] std::string key() const { return std::string{stream.key()}; }
};

[[nodiscard]] result<place> room_of(const nlohmann::json& value);
[[nodiscard]] result<place> lounge_of(const nlohmann::json& value);
/// The only one of its family that the speaker is in; errc::malformed for none or several.
[[nodiscard]] result<place> only_room(const speaker& who);
[[nodiscard]] result<place> only_lounge(const speaker& who);

/// Which of the two an event means when it addresses nothing.
enum class usual { room, lounge };
/// The place a message or typing addresses: by its fields whatever the event's name, then by a leading id, then the
/// only place the speaker is in.
[[nodiscard]] result<place> addressed(const asked& a, usual otherwise);
/// The room of what is said to rooms alone: a field, a leading id, or the only room the speaker is in.
[[nodiscard]] result<place> addressed_room(const asked& a);
/// Whom a word is about: a field under any of a person's names, or the value that follows the place's id, or stands
/// alone. errc::malformed when nobody is named.
[[nodiscard]] result<std::string> person_in(const arguments& given);
/// A place that is entered or left: a field, a leading id, or a bare id; null: none is named.
[[nodiscard]] const nlohmann::json* named_place(const arguments& given, names fields);
/// 1 to 128 bytes, trimmed, without control characters and '/'.
[[nodiscard]] result<std::string> checked_id(const nlohmann::json& value, std::string_view field);

template <class Command>
tell_place tell(const stream_id& to, Command command, std::optional<idempotency> once = {}) {
  return {to, std::move(command), std::move(once)};
}

// --- messages and signaling -----------------------------------------------------------------------------------------

/// The message that is asked for; its id is the client's, or empty.
[[nodiscard]] result<domain::draft_message> draft_of(const arguments& given);
/// Gives a draft without an id one; one with an id takes effect once. The same id with another text is another message
/// under a used name: refused, not swallowed.
[[nodiscard]] std::optional<idempotency> once_for(domain::draft_message& draft, const asked& a, const stream_id& to);

[[nodiscard]] std::string_view word_of(domain::relay_kind kind);
/// Said to another person: in the conversation that is named, or the direct one with the person named.
struct person {
  user_id other;
  stream_id conversation;
};
/// `who` (receiverId, to, …) names the person, or `conversationId` a direct conversation. errc::malformed,
/// errc::invalid.
[[nodiscard]] result<person> person_of(const asked& a, names who);
/// Whether the event says that it is for a person.
[[nodiscard]] bool names_a_person(const arguments& given);

[[nodiscard]] result<client_request> room_candidate(const asked& a);
[[nodiscard]] result<client_request> typing_to_person(const asked& a);

/// The body of an offer, answer or candidate as JSON text. errc::malformed when it is missing, errc::too_large.
[[nodiscard]] result<std::string> body_of(const arguments& given, domain::relay_kind kind);

} // namespace parley::gateway::wording
