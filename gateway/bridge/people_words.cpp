// People: messages, whatever they address, and calls.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::lounge;
using domain::room;

using domain::conversation;
using domain::inbox;

template <class Command>
tell_person to_person(person to, Command command, std::optional<idempotency> once = {}) {
  return {std::move(to.conversation), std::move(to.other), conversation::command{std::move(command)}, std::move(once)};
}

conversation_id id_of(const stream_id& stream) { return {std::string{stream.key()}}; }

result<client_request> message_to_person(const asked& a) {
  auto to = person_of(a, receiver_names);
  if (!to) return pass(std::move(to.error()));
  auto draft = draft_of(a.given);
  if (!draft) return pass(std::move(draft.error()));
  auto once = once_for(*draft, a, to->conversation);
  conversation::send send{id_of(to->conversation), std::move(*draft)};
  return to_person(std::move(*to), std::move(send), std::move(once));
}

result<client_request> message_to(const asked& a, usual otherwise) {
  if (names_a_person(a.given)) return message_to_person(a);
  auto where = addressed(a, otherwise);
  if (!where) return pass(std::move(where.error()));
  auto draft = draft_of(a.given);
  if (!draft) return pass(std::move(draft.error()));
  auto once = once_for(*draft, a, where->stream);
  if (where->is_room()) return tell(where->stream, room::command{room::send{std::move(*draft)}}, std::move(once));
  return tell(where->stream, lounge::command{lounge::send{std::move(*draft)}}, std::move(once));
}

/// {conversationId, seq}, also (conversationId, seq).
result<client_request> read(const asked& a) {
  auto to = person_of(a, receiver_names);
  if (!to) return pass(std::move(to.error()));
  auto seq = a.given.natural({"seq", "upTo"});
  if (!seq) return pass(std::move(seq.error()));
  if (!*seq) return fail(errc::malformed, "seq is missing");
  return tell_place{to->conversation, conversation::command{conversation::mark_read{**seq}}, {}};
}

// --- calls
// ------------------------------------------------------------------------------------------------------------

/// Which call an event is about: the one it names, else the one with the person it names.
struct meant {
  call_id call;
  stream_id conversation;
};

result<meant> meant_call(const asked& a) {
  auto call = a.given.text({"callId"});
  if (!call) return pass(std::move(call.error()));
  if (*call) {
    const auto in = domain::conversation_of({**call});
    const auto [first, second] = domain::people_of(in);
    if (first.empty() || (**call).size() > stream_id_bytes_max) return fail(errc::not_found, "there is no such call");
    if (a.who.user != first && a.who.user != second) return fail(errc::forbidden, "this is not your call");
    return meant{{**call}, make_stream(conversation::family, in.text)};
  }
  auto to = person_of(a, target_names);
  if (!to) return pass(std::move(to.error()));
  return meant{{}, std::move(to->conversation)};
}

result<client_request> call_user(const asked& a) {
  auto to = person_of(a, target_names);
  if (!to) return pass(std::move(to.error()));
  auto offer = body_of(a.given, domain::relay_kind::offer);
  if (!offer) return pass(std::move(offer.error()));
  const auto in = id_of(to->conversation);
  auto digest = to_hex(sha256(*offer));
  conversation::call call{in, {random_id(a.ids, "c_") + '.' + in.text}, std::move(*offer), std::move(digest), {}};
  return to_person(std::move(*to), std::move(call));
}

result<client_request> call_accepted(const asked& a) {
  auto which = meant_call(a);
  if (!which) return pass(std::move(which.error()));
  auto body = body_of(a.given, domain::relay_kind::answer);
  if (!body) return pass(std::move(body.error()));
  auto digest = to_hex(sha256(*body));
  conversation::accept accept{std::move(which->call), std::move(*body), std::move(digest)};
  return tell_place{std::move(which->conversation), conversation::command{std::move(accept)}, {}};
}

result<client_request> call_over(const asked& a) {
  auto which = meant_call(a);
  if (!which) return pass(std::move(which.error()));
  return tell_place{
      std::move(which->conversation), conversation::command{conversation::hang_up{std::move(which->call)}}, {}};
}

/// Of a call when it names one, or names a person and the speaker is in no room; else of a room.
result<client_request> ice_candidate(const asked& a) {
  const auto in_a_room = std::any_of(a.who.places.begin(), a.who.places.end(),
                                     [](const stream_id& place) { return place.family() == room::family; });
  const bool of_a_call = a.given.find({"callId"}) != nullptr ||
                         (!in_a_room && a.given.find(room_names) == nullptr && a.given.find(target_names) != nullptr);
  if (!of_a_call) return room_candidate(a);
  auto which = meant_call(a);
  if (!which) return pass(std::move(which.error()));
  auto body = body_of(a.given, domain::relay_kind::candidate);
  if (!body) return pass(std::move(body.error()));
  return tell_place{std::move(which->conversation),
                    conversation::command{conversation::candidate{std::move(which->call), std::move(*body)}},
                    {}};
}

/// {status: online | away}, of this device.
result<client_request> presence(const asked& a) {
  auto status = a.given.text({"status"});
  if (!status) return pass(std::move(status.error()));
  if (!*status || (**status != "online" && **status != "away"))
    return fail(errc::invalid, "status must be online or away");
  return tell_place{
      make_stream(inbox::family, a.who.user.text), inbox::command{inbox::set_status{**status == "away"}}, {}};
}

result<client_request> send_message(const asked& a) { return message_to(a, usual::room); }
result<client_request> message(const asked& a) { return message_to(a, usual::lounge); }

constexpr std::array words{
    word{"send-message", send_message},
    word{"message", message},
    word{"send_message", message},
    word{"ice-candidate", ice_candidate},
    word{"read", read},
    word{"call-user", call_user},
    word{"call-accepted", call_accepted},
    word{"call-rejected", call_over},
    word{"call-ended", call_over},
    word{"presence", presence},
};

} // namespace

std::span<const word> people_words() { return words; }

result<client_request> typing_to_person(const asked& a) {
  auto to = person_of(a, receiver_names);
  if (!to) return pass(std::move(to.error()));
  auto flag = a.given.flag({"isTyping", "typing"});
  if (!flag) return pass(std::move(flag.error()));
  return tell_place{
      to->conversation, conversation::command{conversation::typing{id_of(to->conversation), flag->value_or(true)}}, {}};
}

} // namespace parley::gateway::wording
