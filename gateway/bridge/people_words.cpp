// People: messages, whatever they address, and calls.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::lounge;
using domain::room;

result<client_request> message_to_person(const asked&) {
  return fail(errc::unknown_event, "direct messages (receiverId) are not served yet");
}

result<client_request> message_to(const asked& a, usual otherwise) {
  if (a.given.find({"receiverId"})) return message_to_person(a);
  auto where = addressed(a, otherwise);
  if (!where) return pass(std::move(where.error()));
  auto draft = draft_of(a.given);
  if (!draft) return pass(std::move(draft.error()));
  auto once = once_for(*draft, a, where->stream);
  if (where->is_room()) return tell(where->stream, room::command{room::send{std::move(*draft)}}, std::move(once));
  return tell(where->stream, lounge::command{lounge::send{std::move(*draft)}}, std::move(once));
}

result<client_request> send_message(const asked& a) { return message_to(a, usual::room); }
result<client_request> message(const asked& a) { return message_to(a, usual::lounge); }

constexpr std::array words{word{"send-message", send_message}, word{"message", message}, word{"send_message", message}};

} // namespace

std::span<const word> people_words() { return words; }

} // namespace parley::gateway::wording
