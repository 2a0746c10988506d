#include "gateway/bridge/arguments.hpp"

namespace parley::gateway {
namespace {

using nlohmann::json;

tl::unexpected<error> wrong_type(std::string_view field, std::string_view expected) {
  return fail(errc::malformed, std::string{field}.append(" must be ").append(expected));
}

struct found {
  std::string_view name;
  const json* value = nullptr;
};

found first_of(const json* fields, names any_of) {
  if (!fields) return {};
  for (const auto name : any_of)
    if (const auto at = fields->find(name); at != fields->end() && !at->is_null()) return {name, &*at};
  return {};
}

} // namespace

arguments::arguments(const json& args) {
  const json* list = &args;
  if (list->size() == 1 && list->front().is_array()) list = &list->front();
  if (list->empty()) return;
  const json& first = list->front();
  if (first.is_object()) {
    fields_ = &first;
  } else if (list->size() == 1) {
    value_ = &first;
  } else {
    leading_ = &first;
    value_ = &(*list)[1];
    if (value_->is_object()) fields_ = value_;
  }
}

const json* arguments::find(names any_of) const { return first_of(fields_, any_of).value; }

result<std::optional<std::string>> arguments::text(names any_of) const {
  const auto [name, value] = first_of(fields_, any_of);
  if (!value) return std::nullopt;
  if (!value->is_string()) return wrong_type(name, "a string");
  return value->get_ref<const std::string&>();
}

result<std::optional<std::string>> arguments::text_or_number(names any_of) const {
  const auto [name, value] = first_of(fields_, any_of);
  if (!value) return std::nullopt;
  return id_text(*value, name).map([](std::string&& id) { return std::optional{std::move(id)}; });
}

result<std::optional<bool>> arguments::flag(names any_of) const {
  const auto [name, value] = first_of(fields_, any_of);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) return wrong_type(name, "true or false");
  return value->get<bool>();
}

result<std::optional<std::uint64_t>> arguments::natural(names any_of) const {
  const auto [name, value] = first_of(fields_, any_of);
  if (!value) return std::nullopt;
  if (!value->is_number_unsigned()) return wrong_type(name, "a non-negative integer");
  return value->get<std::uint64_t>();
}

result<std::string> id_text(const json& value, std::string_view field) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  return wrong_type(field, "a string or an integer");
}

std::string compact(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

} // namespace parley::gateway
