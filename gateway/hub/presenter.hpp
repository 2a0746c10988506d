#pragma once
// How a publication looks to clients: event names and bodies as schema/protocols.md lists them. Pure.

#include "actors/publisher.hpp"
#include "gateway/protocol/codec.hpp"

#include <optional>
#include <string>

namespace parley::gateway {

/// One thing to tell: `body` is a JSON object text; durable events carry `seq`.
struct presented {
  std::string_view name, alias; ///< alias empty: none
  std::string body;
  user_id only_for{}; ///< told to this user alone; empty: to everybody who follows
};

/// None for events that are not shown to members.
[[nodiscard]] std::optional<presented> present(const publication& p);
/// The same of an inbox.
[[nodiscard]] std::optional<presented> present_to_person(const publication& p);

} // namespace parley::gateway
