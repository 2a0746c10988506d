#include "gateway/bridge/vocabulary.hpp"

#include "events/json_writer.hpp"
#include "events/record.hpp"
#include "gateway/bridge/arguments.hpp"

#include <array>

namespace parley::gateway {
namespace {

using domain::lounge;
using domain::room;
using nlohmann::json;

constexpr names room_names{"roomId", "room", "roomCode", "code"};
constexpr names lounge_names{"loungeId", "lounge"};
constexpr names lounge_event_names{"loungeId", "lounge", "id"};
constexpr names text_names{"text", "message", "content"};
constexpr names target_names{"to", "target", "targetId", "targetUserId", "targetSocketId", "toUserId"};
constexpr names name_names{"displayName", "name"};
constexpr std::size_t place_bytes_max = 128;
constexpr std::size_t shown_event_bytes_max = 64;

struct asked {
  const arguments& given;
  const speaker& who;
  random_source& ids;
};

tl::unexpected<error> pass(error&& e) { return tl::make_unexpected(std::move(e)); }

// --- places
// -----------------------------------------------------------------------------------------------------------

struct place {
  stream_id stream;
  std::string display_id; ///< as the client wrote it
  [[nodiscard]] bool is_room() const { return stream.family() == room::family; }
  [[nodiscard]] std::string key() const { return std::string{stream.key()}; }
};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

result<std::string> checked_place_id(const json& value, std::string_view field) {
  auto text = id_text(value, field);
  if (!text) return text;
  std::string id{trimmed(*text)};
  if (id.empty() || id.size() > place_bytes_max)
    return fail(errc::invalid, std::string{field} + " must be 1 to " + std::to_string(place_bytes_max) + " bytes long");
  for (const char c : id)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/')
      return fail(errc::invalid, std::string{field} + " must not contain control characters or '/'");
  return id;
}

result<place> room_of(const json& value) {
  auto id = checked_place_id(value, "roomId");
  if (!id) return pass(std::move(id.error()));
  auto key = *id;
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return place{make_stream(room::family, key), std::move(*id)};
}

result<place> lounge_of(const json& value) {
  auto id = checked_place_id(value, "loungeId");
  if (!id) return pass(std::move(id.error()));
  return place{make_stream(lounge::family, *id), *id};
}

/// The only place of this family the speaker is in; null: none or several.
const stream_id* only_one(const speaker& who, std::string_view family) {
  const stream_id* only = nullptr;
  for (const auto& p : who.places) {
    if (p.family() != family) continue;
    if (only) return nullptr;
    only = &p;
  }
  return only;
}

result<place> only_room(const speaker& who) {
  if (const auto* only = only_one(who, room::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "roomId is missing, and you are not in exactly one room");
}

result<place> only_lounge(const speaker& who) {
  if (const auto* only = only_one(who, lounge::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "loungeId is missing, and you are not in exactly one lounge");
}

/// Which of the two an event means when it addresses nothing.
enum class usual { room, lounge };

/// The place a message or typing addresses: by its fields whatever the event's name, then by a leading id, then the
/// only place the speaker is in.
result<place> addressed(const asked& a, usual otherwise) {
  if (const auto* id = a.given.find(lounge_names)) return lounge_of(*id);
  if (const auto* id = a.given.find(room_names)) return room_of(*id);
  const bool lounge_first = otherwise == usual::lounge;
  if (const auto* id = a.given.leading(); id && !id->is_null()) return lounge_first ? lounge_of(*id) : room_of(*id);
  const auto* a_room = only_one(a.who, room::family);
  const auto* a_lounge = only_one(a.who, lounge::family);
  if (lounge_first ? a_lounge != nullptr || !a_room : a_room == nullptr && a_lounge != nullptr)
    return only_lounge(a.who);
  return only_room(a.who);
}

/// A place that is entered or left: a field, a leading id, or a bare id.
const json* named_place(const arguments& given, names fields) {
  if (const auto* id = given.find(fields)) return id;
  if (const auto* id = given.leading(); id && !id->is_null()) return id;
  const auto* bare = given.value();
  return bare && !bare->is_object() && !bare->is_null() ? bare : nullptr;
}

template <class Command>
tell_place tell(const place& p, Command command, std::optional<idempotency> once = {}) {
  return {p.stream, std::move(command), std::move(once)};
}

// --- entering and leaving
// ---------------------------------------------------------------------------------------------

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

result<client_request> join_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  if (!id) return fail(errc::malformed, "loungeId is missing");
  auto where = lounge_of(*id);
  if (!where) return pass(std::move(where.error()));
  auto after = a.given.natural({"after"});
  if (!after) return pass(std::move(after.error()));
  auto name = a.given.text({"name", "displayName", "username", "userName"});
  if (!name) return pass(std::move(name.error()));
  return join_place{where->stream, lounge::command{lounge::join{name->value_or("")}}, *after};
}

result<client_request> leave_room(const asked& a) {
  const auto* id = named_place(a.given, room_names);
  auto where = id ? room_of(*id) : only_room(a.who);
  if (!where) return pass(std::move(where.error()));
  return leave_place{std::move(where->stream)};
}

result<client_request> leave_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  auto where = id ? lounge_of(*id) : only_lounge(a.who);
  if (!where) return pass(std::move(where.error()));
  return leave_place{std::move(where->stream)};
}

// --- messages
// ---------------------------------------------------------------------------------------------------------

result<std::string> message_text(const arguments& given) {
  if (given.fields()) {
    auto text = given.text(text_names);
    if (!text) return pass(std::move(text.error()));
    if (*text) return std::move(**text);
  } else if (const auto* value = given.value(); value && !value->is_null()) {
    if (!value->is_string()) return fail(errc::malformed, "text must be a string");
    return value->get_ref<const std::string&>();
  }
  return fail(errc::malformed, "text is missing");
}

/// {id, text, sender} of the message replied to, or its bare id; anything else in it is dropped.
result<std::string> reply_to(const arguments& given) {
  const auto* original = given.find({"replyTo"});
  if (!original) return std::string{};
  std::string out;
  json_writer w{out};
  w.begin_object();
  if (!original->is_object()) {
    auto id = id_text(*original, "replyTo");
    if (!id) return fail(errc::malformed, "replyTo must be an object or an id");
    w.field("id", *id);
  } else {
    for (const std::string_view name : {"id", "text", "sender"}) {
      const auto at = original->find(name);
      if (at == original->end() || at->is_null()) continue;
      auto text = id_text(*at, std::string{"replyTo."}.append(name));
      if (!text) return text;
      w.field(name, *text);
    }
  }
  w.end_object();
  return out;
}

result<std::string> client_time(const arguments& given) {
  const auto* time = given.find({"timestamp"});
  if (!time) return std::string{};
  if (time->is_number()) return compact(*time);
  if (time->is_string()) return time->get_ref<const std::string&>();
  return fail(errc::malformed, "timestamp must be a string or a number");
}

result<domain::draft_message> draft_of(const arguments& given) {
  domain::draft_message draft;
  auto text = message_text(given);
  if (!text) return pass(std::move(text.error()));
  draft.text = std::move(*text);
  auto id = given.text_or_number({"id"});
  if (!id) return pass(std::move(id.error()));
  draft.id.text = id->value_or("");
  if (draft.id.text.size() > domain::message_id_bytes_max)
    return fail(errc::invalid, "id must be at most " + std::to_string(domain::message_id_bytes_max) + " bytes long");
  auto name = given.text(name_names);
  if (!name) return pass(std::move(name.error()));
  draft.name = name->value_or("");
  auto original = reply_to(given);
  if (!original) return pass(std::move(original.error()));
  draft.reply_to = std::move(*original);
  auto time = client_time(given);
  if (!time) return pass(std::move(time.error()));
  draft.client_time = std::move(*time);
  return draft;
}

result<client_request> message_to(const asked& a, usual otherwise) {
  if (a.given.find({"receiverId"})) return fail(errc::unknown_event, "direct messages (receiverId) are not served yet");
  auto where = addressed(a, otherwise);
  if (!where) return pass(std::move(where.error()));
  auto draft = draft_of(a.given);
  if (!draft) return pass(std::move(draft.error()));
  std::optional<idempotency> once;
  if (draft->id.empty()) {
    draft->id.text = random_id(a.ids, "m_");
  } else {
    // The same id with another text is another message under a used name: refused, not swallowed.
    once.emplace();
    once->key = a.who.user.text + '|' + where->stream.text + '|' + draft->id.text;
    once->fingerprint = to_hex(sha256(draft->text + '\n' + where->stream.text));
  }
  if (where->is_room()) return tell(*where, room::command{room::send{std::move(*draft)}}, std::move(once));
  return tell(*where, lounge::command{lounge::send{std::move(*draft)}}, std::move(once));
}

result<client_request> send_message(const asked& a) { return message_to(a, usual::room); }
result<client_request> message(const asked& a) { return message_to(a, usual::lounge); }

/// {roomId, isTyping}, (roomId, isTyping), a bare flag, or a bare id: saying nothing of the flag means "yes".
result<client_request> typing(const asked& a) {
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
  if (where->is_room()) return tell(*where, room::command{room::typing{is_typing}});
  return tell(*where, lounge::command{lounge::typing{is_typing}});
}

// --- signaling
// --------------------------------------------------------------------------------------------------------

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
  auto where = [&]() -> result<place> {
    if (const auto* id = a.given.find(room_names)) return room_of(*id);
    if (const auto* id = a.given.leading(); id && !id->is_null()) return room_of(*id);
    return only_room(a.who);
  }();
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

result<client_request> offer(const asked& a) { return relay(a, domain::relay_kind::offer); }
result<client_request> answer(const asked& a) { return relay(a, domain::relay_kind::answer); }
result<client_request> ice_candidate(const asked& a) { return relay(a, domain::relay_kind::candidate); }

struct entry {
  std::string_view event;
  result<client_request> (*interpret)(const asked&);
};
constexpr std::array vocabulary{
    entry{"send-message", send_message},
    entry{"message", message},
    entry{"send_message", message},
    entry{"typing", typing},
    entry{"ice-candidate", ice_candidate},
    entry{"offer", offer},
    entry{"answer", answer},
    entry{"join-room", join_room},
    entry{"leave-room", leave_room},
    entry{"join-lounge", join_lounge},
    entry{"leave-lounge", leave_lounge},
};

} // namespace

result<client_request> interpret(const client_message& message, const speaker& who, random_source& ids) {
  for (const auto& known : vocabulary)
    if (known.event == message.event) return known.interpret({arguments{message.args}, who, ids});
  if (message.event.size() > shown_event_bytes_max) return fail(errc::unknown_event, "unknown event");
  return fail(errc::unknown_event, "unknown event \"" + message.event + '"');
}

} // namespace parley::gateway
