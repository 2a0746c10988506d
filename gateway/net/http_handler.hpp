#pragma once
// What the network hands requests to. Called on the connection's loop; `respond` exactly once, on the same loop, now or
// later (the connection may be gone by then: that is fine).

#include "gateway/rest/exchange.hpp"

#include <functional>

namespace parley::gateway {

using http_handler = std::function<void(http_request, respond)>;

} // namespace parley::gateway
