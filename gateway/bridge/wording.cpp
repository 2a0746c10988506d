#include "gateway/bridge/wording.hpp"

#include "events/json_writer.hpp"
#include "gateway/bridge/message_once.hpp"

namespace parley::gateway::wording {
namespace {

using domain::lounge;
using domain::room;
using nlohmann::json;

constexpr names text_names{"text", "message", "content"};
constexpr std::size_t place_bytes_max = 128;
constexpr std::size_t conversation_bytes_max = 200; ///< a stream id takes 256, and call ids are longer

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
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

} // namespace

// --- places ---------------------------------------------------------------------------------------------------------

result<std::string> checked_id(const json& value, std::string_view field) {
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
  auto id = checked_id(value, "roomId");
  if (!id) return pass(std::move(id.error()));
  auto key = *id;
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return place{make_stream(room::family, key), std::move(*id)};
}

result<place> lounge_of(const json& value) {
  auto id = checked_id(value, "loungeId");
  if (!id) return pass(std::move(id.error()));
  return place{make_stream(lounge::family, *id), *id};
}

result<place> only_room(const speaker& who) {
  if (const auto* only = only_one(who, room::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "roomId is missing, and you are not in exactly one room");
}

result<place> only_lounge(const speaker& who) {
  if (const auto* only = only_one(who, lounge::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "loungeId is missing, and you are not in exactly one lounge");
}

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

result<place> addressed_room(const asked& a) {
  if (const auto* id = a.given.find(room_names)) return room_of(*id);
  if (const auto* id = a.given.leading(); id && !id->is_null()) return room_of(*id);
  return only_room(a.who);
}

result<std::string> person_in(const arguments& given) {
  auto id = given.text_or_number(person_names);
  if (!id) return pass(std::move(id.error()));
  if (*id) return std::move(**id);
  const auto* bare = given.value();
  if (!bare || bare->is_object() || bare->is_null()) return fail(errc::malformed, "userId is missing");
  return id_text(*bare, "userId");
}

const json* named_place(const arguments& given, names fields) {
  if (const auto* id = given.find(fields)) return id;
  if (const auto* id = given.leading(); id && !id->is_null()) return id;
  const auto* bare = given.value();
  return bare && !bare->is_object() && !bare->is_null() ? bare : nullptr;
}

// --- messages and signaling -----------------------------------------------------------------------------------------

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
  auto original = reply_to(given);
  if (!original) return pass(std::move(original.error()));
  draft.reply_to = std::move(*original);
  auto time = client_time(given);
  if (!time) return pass(std::move(time.error()));
  draft.client_time = std::move(*time);
  return draft;
}

std::optional<idempotency> once_for(domain::draft_message& draft, const asked& a, const stream_id& to) {
  if (draft.id.empty()) {
    draft.id.text = random_id(a.ids, "m_");
    return std::nullopt;
  }
  return message_once(a.who.user, to, draft.id.text, draft.text);
}

bool names_a_person(const arguments& given) {
  return given.find(receiver_names) != nullptr || given.find({"conversationId"}) != nullptr;
}

result<person> person_of(const asked& a, names who) {
  std::optional<std::string> id;
  const auto* named = a.given.find(who);
  const auto* conversation = a.given.find({"conversationId"});
  if (named == nullptr && conversation != nullptr) {
    auto key = checked_id(*conversation, "conversationId");
    if (!key) return pass(std::move(key.error()));
    const auto [first, second] = domain::people_of({*key});
    if (a.who.user != first && a.who.user != second) return fail(errc::forbidden, "this is not your conversation");
    return person{a.who.user == first ? second : first, make_stream(domain::conversation::family, *key)};
  }
  if (named == nullptr) return fail(errc::malformed, std::string{*who.begin()} + " is missing");
  auto other = checked_id(*named, *who.begin());
  if (!other) return pass(std::move(other.error()));
  const auto direct = domain::direct_conversation(a.who.user, {*other});
  if (direct.empty()) return fail(errc::invalid, "nobody writes to or calls themselves");
  if (direct.text.size() > conversation_bytes_max || domain::people_of(direct).first.empty())
    return fail(errc::user_not_found);
  return person{{std::move(*other)}, make_stream(domain::conversation::family, direct.text)};
}

std::string_view word_of(domain::relay_kind kind) {
  switch (kind) {
  case domain::relay_kind::offer: return "offer";
  case domain::relay_kind::answer: return "answer";
  case domain::relay_kind::candidate: break;
  }
  return "candidate";
}

result<std::string> body_of(const arguments& given, domain::relay_kind kind) {
  std::optional<std::string> payload;
  if (!is_whole_body(given, kind))
    payload = named_payload(*given.fields(), kind);
  else if (const auto* value = given.value(); value && !value->is_null())
    payload = compact(*value);
  if (!payload) return fail(errc::malformed, std::string{word_of(kind)} + " is missing");
  if (payload->size() > domain::relay_bytes_max)
    return fail(errc::too_large,
                std::string{word_of(kind)} + " may have at most " + std::to_string(domain::relay_bytes_max) + " bytes");
  return std::move(*payload);
}

} // namespace parley::gateway::wording
