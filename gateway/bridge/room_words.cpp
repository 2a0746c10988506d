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
  auto where = addressed_room(a);
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

// --- what members show of themselves --------------------------------------------------------------------------------

/// {roomId?, muted?, videoOff?, handRaised?}
result<client_request> status(const asked& a) {
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  room::show_status shown;
  for (const auto& [name, member] : {std::pair{"muted", &room::show_status::muted},
                                     {"videoOff", &room::show_status::video_off},
                                     {"handRaised", &room::show_status::hand_raised}}) {
    auto flag = a.given.flag({name});
    if (!flag) return pass(std::move(flag.error()));
    shown.*member = *flag;
  }
  return tell(where->stream, room::command{shown});
}

/// {roomId?, emoji}, (roomId, emoji), or a bare emoji.
result<client_request> reaction(const asked& a) {
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  auto emoji = a.given.text({"emoji", "reaction"});
  if (!emoji) return pass(std::move(emoji.error()));
  if (const auto* bare = a.given.value(); !*emoji && bare && bare->is_string()) *emoji = bare->get<std::string>();
  if (!*emoji) return fail(errc::malformed, "emoji is missing");
  return tell(where->stream, room::command{room::react{std::move(**emoji)}});
}

// --- what a host does -----------------------------------------------------------------------------------------------

/// {roomId?, userId}, (roomId, userId), or a bare id.
template <class Command>
result<client_request> about_somebody(const asked& a) {
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  auto target = person_in(a.given);
  if (!target) return pass(std::move(target.error()));
  return tell(where->stream, room::command{Command{std::move(*target)}});
}

result<client_request> admit(const asked& a) { return about_somebody<room::admit>(a); }
result<client_request> deny(const asked& a) { return about_somebody<room::deny>(a); }
result<client_request> kick(const asked& a) { return about_somebody<room::kick>(a); }

constexpr std::array words{
    word{"join-room", join_room}, word{"leave-room", leave_room}, word{"typing", typing},
    word{"offer", offer},         word{"answer", answer},         word{"status", status},
    word{"reaction", reaction},   word{"admit", admit},           word{"deny", deny},
    word{"kick", kick},
};

} // namespace

std::span<const word> room_words() { return words; }

result<client_request> room_candidate(const asked& a) { return relay(a, domain::relay_kind::candidate); }

} // namespace parley::gateway::wording
