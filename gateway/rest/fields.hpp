#pragma once
// Reads the fields of a request's JSON body and remembers the first that is wrong, so that a handler reads them all and
// looks once. A missing or mistyped field is errc::malformed, a value out of bounds errc::invalid; both name it. Pure.

#include "events/errors.hpp"
#include "gateway/rest/exchange.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace parley::gateway {

/// The body as a JSON object; an empty one is {}. errc::too_large, unsupported_media, malformed.
[[nodiscard]] result<nlohmann::json> read_body(const http_request& request, std::size_t bytes_max,
                                               std::size_t depth_max);

class fields {
public:
  /// `object` must outlive this.
  explicit fields(const nlohmann::json& object)
    : object_{object} {}

  [[nodiscard]] std::string required_text(const char* name, std::size_t bytes_max);
  [[nodiscard]] std::string optional_text(const char* name, std::size_t bytes_max);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(const char* name, std::int64_t min, std::int64_t max);
  [[nodiscard]] std::optional<bool> optional_flag(const char* name);
  void refuse(errc code, std::string message);

  /// The first thing that was wrong.
  [[nodiscard]] const std::optional<error>& refusal() const noexcept { return refusal_; }

private:
  /// Null when absent or null.
  [[nodiscard]] const nlohmann::json* at(const char* name) const;

  const nlohmann::json& object_;
  std::optional<error> refusal_;
};

} // namespace parley::gateway
