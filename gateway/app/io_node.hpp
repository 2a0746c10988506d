#pragma once
// Everything that belongs to one io loop: its hub, its adapters to the actors, its questions to PostgreSQL and its REST
// handlers. Made and destroyed while the loop does not run; used on the loop.

#include "gateway/bridge/client_link.hpp"
#include "gateway/bridge/io_loop.hpp"
#include "gateway/bridge/loop_adapters.hpp"
#include "gateway/hub/hub.hpp"
#include "gateway/rest/rest_api.hpp"
#include "projections/queries/booking_queries.hpp"
#include "projections/queries/market_queries.hpp"
#include "projections/queries/moderation_queries.hpp"
#include "projections/queries/people_queries.hpp"
#include "projections/queries/queries.hpp"

#include <optional>
#include <thread>

namespace parley::gateway {

struct io_node {
  io_node(std::size_t index, page_source& reader, hub::limits hub_limits, const query_options& questions,
          projection_progress& progress)
    : loop{index}
    , log_reads{loop, reader}
    , topics{log_reads, hub_limits}
    , desk{loop.context(), questions, progress} {}

  /// Wakes the hub's failed refills, once a second, for as long as the loop runs.
  void tick() {
    second = loop.after(std::chrono::seconds{1}, [this] {
      topics.retry_refills();
      tick();
    });
  }

  io_loop loop;
  loop_log_reads log_reads;
  hub topics;
  question_desk desk;
  queries reads{desk};
  moderation_queries moderation{desk};
  booking_queries bookings{desk};
  market_queries market{desk};
  people_queries people{desk};
  std::optional<loop_entities> entities;
  std::optional<link_opener> links;
  std::optional<rest_api> rest;
  io_loop::timer second;
  std::thread thread;
};

} // namespace parley::gateway
