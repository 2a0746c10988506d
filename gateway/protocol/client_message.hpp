#pragma once
// What every framing reads from a client: an event name, its positional arguments, and a number to answer to.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace parley::gateway {

struct client_message {
  std::string event;
  nlohmann::json args = nlohmann::json::array(); ///< positional; the native framing has at most one
  std::optional<std::uint64_t> ack;
  nlohmann::json auth; ///< {token?, session?, resume?, profile?} of a first frame, else null
};

} // namespace parley::gateway
