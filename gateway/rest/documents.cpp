#include "gateway/rest/documents.hpp"

#include "events/assertion.hpp"

namespace parley::gateway {

nlohmann::ordered_json joined_document(std::span<const std::string_view> parts) {
  auto whole = nlohmann::ordered_json::object();
  for (const auto part : parts) {
    const auto parsed = nlohmann::ordered_json::parse(part, nullptr, false);
    PARLEY_ASSERT(parsed.is_object()); // checked by the tests: they are part of the program
    whole.update(parsed, true);
  }
  return whole;
}

const std::string& openapi_document() {
  static const auto text = joined_document(openapi_parts()).dump();
  return text;
}

const std::string& asyncapi_document() {
  static const auto text = joined_document(asyncapi_parts()).dump();
  return text;
}

} // namespace parley::gateway
