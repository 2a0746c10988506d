#include "events/codec.hpp"

#include "events/json_writer.hpp"
#include "events/upcasts.hpp"

#include <nlohmann/json.hpp>

namespace parley {
namespace {

using nlohmann::json;

// --- values: how one field is written and read ---------------------------------------------------------------------

void write(json_writer& out, const std::string& v) { out.value(v); }
void write(json_writer& out, bool v) { out.value(v); }
void write(json_writer& out, std::uint32_t v) { out.value(v); }
void write(json_writer& out, std::uint64_t v) { out.value(v); }
void write(json_writer& out, time_point v) { out.value(to_iso8601(v)); }
void write(json_writer& out, const stream_id& v) { out.value(v.text); }
template <class Tag>
void write(json_writer& out, const text_id<Tag>& v) {
  out.value(v.text);
}

bool read(const json& in, std::string& v) {
  if (!in.is_string()) return false;
  v = in.get_ref<const std::string&>();
  return true;
}
bool read(const json& in, bool& v) {
  if (!in.is_boolean()) return false;
  v = in.get<bool>();
  return true;
}
template <std::unsigned_integral Integer>
bool read(const json& in, Integer& v) {
  if (!in.is_number_unsigned() || in.get<std::uint64_t>() > std::numeric_limits<Integer>::max()) return false;
  v = in.get<Integer>();
  return true;
}
bool read(const json& in, time_point& v) {
  if (!in.is_string()) return false;
  const auto t = parse_iso8601(in.get_ref<const std::string&>());
  if (t) v = *t;
  return t.has_value();
}
bool read(const json& in, stream_id& v) { return read(in, v.text); }
template <class Tag>
bool read(const json& in, text_id<Tag>& v) {
  return read(in, v.text);
}

// --- fields: an absent optional is not written
// ------------------------------------------------------------------------

template <class T>
void write_field(json_writer& out, std::string_view name, const T& v) {
  write(out.key(name), v);
}
template <class T>
void write_field(json_writer& out, std::string_view name, const std::optional<T>& v) {
  if (v) write(out.key(name), *v);
}
template <class T>
bool read_field(const json& object, std::string_view name, T& v) {
  const auto at = object.find(name);
  return at != object.end() && read(*at, v);
}
template <class T>
bool read_field(const json& object, std::string_view name, std::optional<T>& v) {
  const auto at = object.find(name);
  return at == object.end() || read(*at, v.emplace());
}

template <class Event>
std::string write_fields(const Event& e, bool is_personal) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  std::apply(
      [&](const auto&... field) {
        ((field.is_personal == is_personal ? write_field(out, field.name, e.*field.member) : void()), ...);
      },
      Event::fields());
  out.end_object();
  return text;
}

template <class Event>
encoded_event encode_one(const Event& e) {
  return {Event::type, Event::schema, write_fields(e, false), write_fields(e, true)};
}

template <class Event>
result<Event> decode_one(const json& data, const json& personal) {
  Event e;
  const bool complete = std::apply(
      [&](const auto&... field) {
        return (read_field(field.is_personal ? personal : data, field.name, e.*field.member) && ...);
      },
      Event::fields());
  if (!complete) return fail(errc::corrupt, "an event of type " + std::string{Event::type} + " lacks a field");
  return e;
}

// --- families: which types a stream holds ---------------------------------------------------------------------------

template <class Family>
struct family_of;

template <class... Events>
struct family_of<std::variant<Events...>> {
  using variant = std::variant<Events...>;

  static std::optional<int> newest_schema(std::string_view type) {
    std::optional<int> schema;
    ((type == Events::type ? void(schema = Events::schema) : void()), ...);
    return schema;
  }
  static result<event> decode(std::string_view type, const json& data, const json& personal) {
    result<event> decoded = fail(errc::corrupt, "unknown event type");
    const auto attempt = [&]<class Event>(std::type_identity<Event>) {
      if (type != Event::type) return;
      auto e = decode_one<Event>(data, personal);
      if (e)
        decoded = event{variant{std::move(*e)}};
      else
        decoded = tl::make_unexpected(e.error());
    };
    (attempt(std::type_identity<Events>{}), ...);
    return decoded;
  }
  static void list(std::string_view family, std::vector<catalogue_entry>& out) {
    (out.push_back({family, Events::type, Events::schema}), ...);
  }
};

/// Calls `use` with the family's variant; false when there is no such family.
template <class Use>
bool with_family(std::string_view family, Use use) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return ((family == family_names[I] && (use(family_of<std::variant_alternative_t<I, event>>{}), true)) || ...);
  }
  (std::make_index_sequence<family_names.size()>{});
}

result<event> decode_upcast(auto family, std::string_view name, std::string_view type, int schema, const json& data,
                            const json& personal) {
  const auto newest = family.newest_schema(type);
  if (!newest) return fail(errc::corrupt, "unknown event type " + std::string{type} + " in " + std::string{name});
  if (schema == *newest) return family.decode(type, data, personal);
  if (schema < 1 || schema > *newest)
    return fail(errc::corrupt, "event type " + std::string{type} + " has schema " + std::to_string(schema) +
                                   ", written by a newer Parley; this one reads up to " + std::to_string(*newest));
  json newer_data = data, newer_personal = personal;
  for (int from = schema; from < *newest; ++from)
    if (!upcast(name, type, from, newer_data, newer_personal))
      return fail(errc::corrupt,
                  "event type " + std::string{type} + " cannot be upcast from schema " + std::to_string(from));
  return family.decode(type, newer_data, newer_personal);
}

} // namespace

encoded_event encode(const event& e) {
  const auto one = [](const auto& type) { return encode_one(type); };
  return std::visit([&](const auto& family) { return std::visit(one, family); }, e);
}

result<event> decode(std::string_view family, std::string_view type, int schema, const json& data,
                     const json& personal) {
  result<event> decoded = fail(errc::corrupt, "unknown family of streams " + std::string{family});
  if (!data.is_object() || !personal.is_object()) return fail(errc::corrupt, "an event's content must be objects");
  with_family(family, [&](auto f) { decoded = decode_upcast(f, family, type, schema, data, personal); });
  return decoded;
}

const std::vector<catalogue_entry>& catalogue() {
  static const auto entries = [] {
    std::vector<catalogue_entry> all;
    for (const auto family : family_names) with_family(family, [&](auto f) { f.list(family, all); });
    return all;
  }();
  return entries;
}

} // namespace parley
