#include "gateway/bridge/vocabulary.hpp"

#include "events/json_writer.hpp"
#include "events/record.hpp"
#include "gateway/bridge/addressing.hpp"
#include "gateway/bridge/room_vocabulary.hpp"

#include <array>

namespace parley::gateway {
namespace {

using domain::lounge;
using domain::room;
using nlohmann::json;

constexpr names lounge_event_names{"loungeId", "lounge", "id"};
constexpr names text_names{"text", "message", "content"};
constexpr names name_names{"displayName", "name"};
constexpr std::size_t shown_event_bytes_max = 64;

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
    entry{"status", status},
    entry{"reaction", reaction},
    entry{"admit", admit},
    entry{"deny", deny},
    entry{"kick", kick},
};

} // namespace

result<client_request> interpret(const client_message& message, const speaker& who, random_source& ids) {
  for (const auto& known : vocabulary)
    if (known.event == message.event) return known.interpret({arguments{message.args}, who, ids});
  if (message.event.size() > shown_event_bytes_max) return fail(errc::unknown_event, "unknown event");
  return fail(errc::unknown_event, "unknown event \"" + message.event + '"');
}

} // namespace parley::gateway
