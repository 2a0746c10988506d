#pragma once
// Read models: services (from `service/…`), and what their reviews rate them (from `calendar/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct service_changes {
  struct offered {
    user_id owner;
    time_point at;
    parley::position position = 0; ///< orders lists
  };
  struct change {
    std::optional<offered> made; ///< a row to write; else the row exists already
    std::optional<events::service_terms> terms;
    std::optional<std::string> availability;
    bool retired = false;
    parley::version version = 0;
  };
  /// What is added to a service's rating. Each event is applied once, in the transaction of its checkpoint.
  struct ratings {
    std::uint64_t sum = 0, count = 0;
  };
  std::map<service_id, change> rows;
  std::map<service_id, ratings> rated;

  void fold(const record& r, const events::service_event& e);
  void fold(const record& r, const events::calendar_event& e);
};

} // namespace parley
