#pragma once
// Asks a running server by the socket in its data directory: one request of HTTP/1.1 (RFC 9112), one answer, no more.

#include "events/errors.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace parley::tool {

struct admin_answer {
  int status = 0;
  nlohmann::json body; ///< an object
};

/// nullopt when nobody serves in `data`. An empty `body` is a GET, else it is POSTed as JSON. errc::forbidden when the
/// socket may not be opened, errc::unavailable when the server does not answer, each with what to do.
[[nodiscard]] result<std::optional<admin_answer>> ask_server(const std::filesystem::path& data, std::string_view target,
                                                             std::string_view body = {});

} // namespace parley::tool
