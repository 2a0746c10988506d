#pragma once
// Read model: what is for sale (from `listing/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct listing_changes {
  struct created {
    events::listing_created event;
    time_point at;
    parley::position position = 0; ///< the newest come first
  };
  struct change {
    std::optional<created> made; ///< a row to write; else the row exists already
    // What the row has after the batch, where it is not what it had before (or was made with).
    std::optional<std::string> title, description, currency;
    std::optional<std::uint64_t> price, stock;
    std::int64_t stock_more = 0; ///< on top of `stock`, or of what there was
    bool closed = false;
    std::optional<time_point> changed_at;
    parley::version version = 0;
  };
  std::map<listing_id, change> rows;

  void fold(const record& r, const events::listing_event& e);
};

} // namespace parley
