#pragma once
// Read models: bookings and reviews (from `calendar/…`). Each event of a booking carries all of it, so the last of a
// batch is the row.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct booking_changes {
  struct row {
    events::booking booking;
    time_point updated_at;
    parley::version version = 0;
  };
  std::map<booking_id, row> rows;

  void fold(const record& r, const events::calendar_event& e);
};

struct review_changes {
  struct written {
    events::review_written event;
    time_point at;
    parley::position position = 0; ///< orders lists
  };
  struct replied {
    std::string text;
    time_point at;
  };
  struct change {
    std::optional<written> made; ///< a row to write; else the row exists already
    std::optional<replied> reply;
  };
  std::map<review_id, change> rows;

  void fold(const record& r, const events::calendar_event& e);
};

} // namespace parley
