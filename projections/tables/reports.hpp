#pragma once
// Read model: what people reported, for the moderators of the place (from `reports/…`).

#include "events/record.hpp"

#include <vector>

namespace parley {

struct report_changes {
  struct filed {
    parley::position position = 0;
    time_point at;
    events::report_filed event;
  };
  std::vector<filed> rows; ///< new ones only, in the log's order

  void fold(const record& r, const events::reports_event& e) {
    rows.push_back({r.position, r.time, std::get<events::report_filed>(e)});
  }
};

} // namespace parley
