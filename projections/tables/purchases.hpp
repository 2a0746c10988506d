#pragma once
// Read model: who bought what, and whether it is paid (from `listing/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct purchase_changes {
  struct requested {
    events::purchase_requested event;
    listing_id listing;
    time_point at;
    parley::position position = 0; ///< orders a user's purchases
  };
  struct ended {
    std::string status; ///< completed, failed
    std::string code;   ///< why it failed
    time_point at;
  };
  struct change {
    std::optional<requested> made; ///< a row to write; else the row exists already
    std::optional<purchase_changes::ended> ended;
  };
  std::map<purchase_id, change> rows;

  void fold(const record& r, const events::listing_event& e);
};

} // namespace parley
