#pragma once
// What clients can read about this server: the OpenAPI 3.1 document of its routes and the AsyncAPI 3 document of its
// events. Each is joined from parts, one file an area, in schema/openapi/ and schema/asyncapi/, embedded at build time.
// Pure; made once.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace parley::gateway {

/// The parts, in the order of their names; generated (tools/cmake/embed_texts.cmake).
[[nodiscard]] std::span<const std::string_view> openapi_parts();
[[nodiscard]] std::span<const std::string_view> asyncapi_parts();

/// One document from its parts: objects are merged member by member, of anything else the last one counts.
[[nodiscard]] nlohmann::ordered_json joined_document(std::span<const std::string_view> parts);

[[nodiscard]] const std::string& openapi_document();
[[nodiscard]] const std::string& asyncapi_document();

} // namespace parley::gateway
