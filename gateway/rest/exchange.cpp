#include "gateway/rest/exchange.hpp"

namespace parley::gateway {
namespace {

std::string_view first(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) noexcept {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return {};
}

} // namespace

std::string_view http_request::header(std::string_view name) const noexcept { return first(headers, name); }
std::string_view http_request::parameter(std::string_view name) const noexcept { return first(query, name); }

} // namespace parley::gateway
