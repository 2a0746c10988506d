#include "gateway/rest/fields.hpp"

#include "events/json_reader.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

std::string lower_without_space(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\t') out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  return out;
}

bool is_json(std::string_view content_type) {
  const auto type = lower_without_space(content_type);
  return type == "application/json" || type == "application/json;charset=utf-8" ||
         type == "application/json;charset=\"utf-8\"";
}

const char* in_words(json_fault f) {
  switch (f) {
  case json_fault::too_deep: return "the body nests too deep";
  case json_fault::not_utf8: return "the body is not UTF-8";
  case json_fault::number: return "a number in the body is out of range, or not written as JSON has it";
  case json_fault::syntax: break;
  }
  return "the body is not JSON";
}

} // namespace

result<nlohmann::json> read_body(const http_request& request, std::size_t bytes_max, std::size_t depth_max) {
  if (request.body.empty()) return nlohmann::json::object();
  if (request.body.size() > bytes_max) return fail(errc::too_large, "the body is too large");
  if (!is_json(request.header("content-type"))) return fail(errc::unsupported_media);
  auto body = read_json(request.body, depth_max);
  if (!body) return fail(errc::malformed, in_words(body.error()));
  if (!body->is_object()) return fail(errc::malformed, "the body must be a JSON object");
  return std::move(*body);
}

const nlohmann::json* fields::at(const char* name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void fields::refuse(errc code, std::string message) {
  if (!refusal_) refusal_ = error{code, std::move(message), 0};
}

std::string fields::required_text(const char* name, std::size_t bytes_max) {
  if (!at(name)) refuse(errc::malformed, std::string{name} + " is missing");
  return optional_text(name, bytes_max);
}

std::string fields::optional_text(const char* name, std::size_t bytes_max) {
  const auto* value = at(name);
  if (!value) return {};
  const auto* text = value->get_ptr<const std::string*>();
  if (!text) {
    refuse(errc::malformed, std::string{name} + " must be a string");
    return {};
  }
  if (text->size() > bytes_max) {
    refuse(errc::invalid, std::string{name} + " is longer than " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return *text;
}

std::optional<std::int64_t> fields::optional_integer(const char* name, std::int64_t min, std::int64_t max) {
  const auto* value = at(name);
  if (!value) return std::nullopt;
  if (!value->is_number_integer()) {
    refuse(errc::malformed, std::string{name} + " must be an integer");
    return std::nullopt;
  }
  const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(max);
  const auto n = huge ? max : value->get<std::int64_t>();
  if (huge || n < min || n > max) {
    refuse(errc::invalid, std::string{name} + " must be " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return n;
}

std::optional<bool> fields::optional_flag(const char* name) {
  const auto* value = at(name);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) {
    refuse(errc::malformed, std::string{name} + " must be true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

} // namespace parley::gateway
