#include "gateway/bridge/addressing.hpp"

namespace parley::gateway {
namespace {

using domain::lounge;
using domain::room;
using nlohmann::json;

constexpr std::size_t place_bytes_max = 128;

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

} // namespace

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

result<place> only_room(const speaker& who) {
  if (const auto* only = only_one(who, room::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "roomId is missing, and you are not in exactly one room");
}

result<place> only_lounge(const speaker& who) {
  if (const auto* only = only_one(who, lounge::family)) return place{*only, std::string{only->key()}};
  return fail(errc::malformed, "loungeId is missing, and you are not in exactly one lounge");
}

result<place> addressed_room(const asked& a) {
  if (const auto* id = a.given.find(room_names)) return room_of(*id);
  if (const auto* id = a.given.leading(); id && !id->is_null()) return room_of(*id);
  return only_room(a.who);
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

const json* named_place(const arguments& given, names fields) {
  if (const auto* id = given.find(fields)) return id;
  if (const auto* id = given.leading(); id && !id->is_null()) return id;
  const auto* bare = given.value();
  return bare && !bare->is_object() && !bare->is_null() ? bare : nullptr;
}

} // namespace parley::gateway
