// Rooms and meetings, and what addresses a room unless it says otherwise.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::lounge;
using domain::room;

result<client_request> join_room(const asked& a) {
  const auto* id = named_place(a.given, room_names);
  if (!id) return fail(errc::malformed, "roomId is missing");
  auto where = room_of(*id);
  if (!where) return pass(std::move(where.error()));
  auto after = a.given.natural({"after"});
  if (!after) return pass(std::move(after.error()));
  auto name = a.given.text({"name", "displayName", "username", "userName"});
  if (!name) return pass(std::move(name.error()));
  room::join join{room_id{where->key()}, where->display_id, a.who.rooms_open_on_join, name->value_or("")};
  return join_place{where->stream, room::command{std::move(join)}, *after};
}

result<client_request> leave_room(const asked& a) {
  const auto* id = named_place(a.given, room_names);
  auto where = id ? room_of(*id) : only_room(a.who);
  if (!where) return pass(std::move(where.error()));
  return leave_place{std::move(where->stream)};
}

/// {roomId, isTyping}, (roomId, isTyping), a bare flag, or a bare id: saying nothing of the flag means "yes".
result<client_request> typing(const asked& a) {
  if (names_a_person(a.given)) return typing_to_person(a);
  auto flag = a.given.flag({"isTyping", "typing"});
  if (!flag) return pass(std::move(flag.error()));
  const auto* value = a.given.value();
  if (!*flag && value && value->is_boolean()) *flag = value->get<bool>();
  const bool bare_id = value && !a.given.leading() && !value->is_object() && !value->is_boolean() && !value->is_null();
  if (a.given.leading() && value && !value->is_object() && !value->is_boolean() && !value->is_null())
    return fail(errc::malformed, "isTyping must be true or false");
  auto where = bare_id ? room_of(*value) : addressed(a, usual::room);
  if (!where) return pass(std::move(where.error()));
  const bool is_typing = flag->value_or(true);
  if (where->is_room()) return tell(where->stream, room::command{room::typing{is_typing}});
  return tell(where->stream, lounge::command{lounge::typing{is_typing}});
}

// --- signaling
// --------------------------------------------------------------------------------------------------------

result<client_request> relay(const asked& a, domain::relay_kind kind) {
  auto to = a.given.text_or_number(target_names);
  if (!to) return pass(std::move(to.error()));
  auto where = [&]() -> result<place> {
    if (const auto* id = a.given.find(room_names)) return room_of(*id);
    if (const auto* id = a.given.leading(); id && !id->is_null()) return room_of(*id);
    return only_room(a.who);
  }();
  if (!where) return pass(std::move(where.error()));
  auto payload = body_of(a.given, kind);
  if (!payload) return pass(std::move(payload.error()));
  std::string digest;
  if (kind != domain::relay_kind::candidate) digest = to_hex(sha256(*payload));
  room::relay command{kind, to->value_or(""), std::move(*payload), std::move(digest)};
  return tell(where->stream, room::command{std::move(command)});
}

result<client_request> offer(const asked& a) { return relay(a, domain::relay_kind::offer); }
result<client_request> answer(const asked& a) { return relay(a, domain::relay_kind::answer); }

constexpr std::array words{
    word{"join-room", join_room}, word{"leave-room", leave_room}, word{"typing", typing},
    word{"offer", offer},         word{"answer", answer},
};

} // namespace

std::span<const word> room_words() { return words; }

result<client_request> room_candidate(const asked& a) { return relay(a, domain::relay_kind::candidate); }

} // namespace parley::gateway::wording
