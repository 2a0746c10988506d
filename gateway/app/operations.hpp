#pragma once
// What operators and their machines ask: is the process alive, may it be given traffic, and its numbers in Prometheus'
// text format (exposition format 0.0.4). Read on any io loop, from counters that are safe to read there.

#include "actors/log_writer.hpp"
#include "actors/registry.hpp"
#include "events/log/event_log.hpp"
#include "gateway/app/io_node.hpp"
#include "gateway/framing/intake.hpp"
#include "gateway/net/network.hpp"
#include "gateway/rest/exchange.hpp"
#include "projections/progress.hpp"

#include <memory>
#include <vector>

namespace parley::gateway {

struct observed {
  const event_log& log;
  const log_writer& writer;
  const registry& entities;
  const projection_progress& progress;
  const network& net;
  const intake_totals& messages;
  const std::vector<std::unique_ptr<io_node>>& nodes;
  position lag_max = 10'000; ///< events the read models may be behind while we say that we are ready
};

/// 200 when the log takes writes, PostgreSQL answers and the read models follow; else 503 naming what does not.
[[nodiscard]] http_response readiness(const observed& o);
/// The hubs' numbers are of the loops asked last: each loop counts for itself.
[[nodiscard]] http_response metrics(const observed& o);

} // namespace parley::gateway
