#include "events/json_reader.hpp"

#include "events/simd_json.hpp"

namespace parley {

simdjson::simdjson_result<simdjson::dom::element> parse_here(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size());
}

bool take_value(const simdjson::dom::element& from, nlohmann::json& to, std::size_t depth_left) {
  using simdjson::dom::element_type;
  switch (from.type()) {
  case element_type::OBJECT: {
    if (depth_left == 0) return false;
    const simdjson::dom::object object = from.get_object().value_unsafe(); // a copy: the result is a temporary
    nlohmann::json::object_t members;
    for (const auto& [name, value] : object)
      if (!take_value(value, members[std::string{name}], depth_left - 1)) return false;
    to = std::move(members);
    return true;
  }
  case element_type::ARRAY: {
    if (depth_left == 0) return false;
    const simdjson::dom::array array = from.get_array().value_unsafe();
    nlohmann::json::array_t items;
    for (const auto value : array)
      if (!take_value(value, items.emplace_back(), depth_left - 1)) return false;
    to = std::move(items);
    return true;
  }
  case element_type::STRING: to = std::string{from.get_string().value_unsafe()}; return true;
  case element_type::INT64:
    // As nlohmann reads them: what is not negative is unsigned.
    if (const auto number = from.get_int64().value_unsafe(); number >= 0)
      to = static_cast<std::uint64_t>(number);
    else
      to = number;
    return true;
  case element_type::UINT64: to = from.get_uint64().value_unsafe(); return true;
  case element_type::DOUBLE: to = from.get_double().value_unsafe(); return true;
  case element_type::BOOL: to = from.get_bool().value_unsafe(); return true;
  case element_type::NULL_VALUE: to = nullptr; return true;
  }
  return false;
}

tl::expected<nlohmann::json, json_fault> read_json(std::string_view text, std::size_t depth_max) {
  const auto parsed = parse_here(text);
  switch (parsed.error()) {
  case simdjson::SUCCESS: break;
  case simdjson::UTF8_ERROR: return tl::make_unexpected(json_fault::not_utf8);
  case simdjson::NUMBER_ERROR: return tl::make_unexpected(json_fault::number);
  case simdjson::DEPTH_ERROR: return tl::make_unexpected(json_fault::too_deep);
  case simdjson::MEMALLOC: throw std::bad_alloc{};
  default: return tl::make_unexpected(json_fault::syntax);
  }
  nlohmann::json document;
  if (!take_value(parsed.value_unsafe(), document, depth_max)) return tl::make_unexpected(json_fault::too_deep);
  return document;
}

} // namespace parley
