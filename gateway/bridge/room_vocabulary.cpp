#include "gateway/bridge/room_vocabulary.hpp"

#include "events/record.hpp"

namespace parley::gateway {
namespace {

using domain::room;
using nlohmann::json;

// A host's word is about somebody: here a user's id is believed, and it is an id of somebody else.
constexpr names person_names{"to",       "target", "targetId", "targetUserId", "targetSocketId",
                             "toUserId", "userId", "socketId"};

// --- signaling ------------------------------------------------------------------------------------------------------

std::string_view word_of(domain::relay_kind kind) {
  switch (kind) {
  case domain::relay_kind::offer: return "offer";
  case domain::relay_kind::answer: return "answer";
  case domain::relay_kind::candidate: break;
  }
  return "candidate";
}

/// A browser's candidate spread over the message itself, {roomId, candidate: "candidate:…", sdpMid, sdpMLineIndex}, is
/// put together again.
std::string candidate_from(const json& fields, const json& candidate) {
  if (!candidate.is_string() || (!fields.contains("sdpMid") && !fields.contains("sdpMLineIndex")))
    return compact(candidate);
  auto whole = json::object();
  for (const auto* name : {"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"})
    if (const auto at = fields.find(name); at != fields.end()) whole[name] = *at;
  return compact(whole);
}

std::optional<std::string> named_payload(const json& fields, domain::relay_kind kind) {
  const auto own = fields.find(word_of(kind));
  const bool candidate = kind == domain::relay_kind::candidate;
  // A null candidate says that there are no more (W3C WebRTC, section 4.8.1).
  if (own != fields.end() && (candidate || !own->is_null()))
    return candidate ? candidate_from(fields, *own) : compact(*own);
  for (const auto* name : {"sdp", "offer", "answer", "candidate"})
    if (const auto at = fields.find(name); at != fields.end() && !at->is_null()) return compact(*at);
  return std::nullopt;
}

/// Of (roomId, payload) the second argument may be the body itself, {type, sdp} or {candidate, sdpMid, …}, or an object
/// that names it: a body's members are texts, and it addresses nobody.
bool is_whole_body(const arguments& given, domain::relay_kind kind) {
  const auto* fields = given.fields();
  if (!fields) return true;
  if (!given.leading() || given.find(target_names) || given.find(room_names)) return false;
  const auto own = fields->find(word_of(kind));
  if (kind == domain::relay_kind::candidate) return own == fields->end() || own->is_string();
  return own == fields->end() && !(fields->contains("sdp") && (*fields)["sdp"].is_object());
}

result<client_request> relay(const asked& a, domain::relay_kind kind) {
  auto to = a.given.text_or_number(target_names);
  if (!to) return pass(std::move(to.error()));
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  std::optional<std::string> payload;
  if (!is_whole_body(a.given, kind))
    payload = named_payload(*a.given.fields(), kind);
  else if (const auto* value = a.given.value(); value && !value->is_null())
    payload = compact(*value);
  if (!payload) return fail(errc::malformed, std::string{word_of(kind)} + " is missing");
  if (payload->size() > domain::relay_bytes_max)
    return fail(errc::too_large,
                std::string{word_of(kind)} + " may have at most " + std::to_string(domain::relay_bytes_max) + " bytes");
  std::string digest;
  if (kind != domain::relay_kind::candidate) digest = to_hex(sha256(*payload));
  room::relay command{kind, to->value_or(""), std::move(*payload), std::move(digest)};
  return tell(*where, room::command{std::move(command)});
}

// --- what a host does -----------------------------------------------------------------------------------------------

template <class Command>
result<client_request> to_somebody(const asked& a) {
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  auto target = a.given.text_or_number(person_names);
  if (!target) return pass(std::move(target.error()));
  if (!*target)
    if (const auto* bare = a.given.value(); bare && !bare->is_object() && !bare->is_null()) {
      auto id = id_text(*bare, "userId");
      if (!id) return pass(std::move(id.error()));
      *target = std::move(*id);
    }
  if (!*target) return fail(errc::malformed, "userId is missing");
  return tell(*where, room::command{Command{std::move(**target)}});
}

} // namespace

result<client_request> offer(const asked& a) { return relay(a, domain::relay_kind::offer); }
result<client_request> answer(const asked& a) { return relay(a, domain::relay_kind::answer); }
result<client_request> ice_candidate(const asked& a) { return relay(a, domain::relay_kind::candidate); }

result<client_request> admit(const asked& a) { return to_somebody<room::admit>(a); }
result<client_request> deny(const asked& a) { return to_somebody<room::deny>(a); }
result<client_request> kick(const asked& a) { return to_somebody<room::kick>(a); }

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
  return tell(*where, room::command{shown});
}

result<client_request> reaction(const asked& a) {
  auto where = addressed_room(a);
  if (!where) return pass(std::move(where.error()));
  auto emoji = a.given.text({"emoji", "reaction"});
  if (!emoji) return pass(std::move(emoji.error()));
  if (!*emoji)
    if (const auto* bare = a.given.value(); bare && bare->is_string()) *emoji = bare->get<std::string>();
  if (!*emoji) return fail(errc::malformed, "emoji is missing");
  return tell(*where, room::command{room::react{std::move(**emoji)}});
}

} // namespace parley::gateway
