#pragma once
// How content written under an older schema becomes content of the next one. Called by the codec only; each step has a
// golden sample of the old version in schema/golden.

#include <nlohmann/json.hpp>
#include <string_view>

namespace parley {

/// Changes `data` and `personal` from schema `from` to `from` + 1. False when no such step is known or the old content
/// does not have the shape it must have.
[[nodiscard]] bool upcast(std::string_view family, std::string_view type, int from, nlohmann::json& data,
                          nlohmann::json& personal);

} // namespace parley
