#pragma once
// Read model: what is and was on hold (from `ledger/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct hold_changes {
  struct made {
    events::held event;
    std::string currency;
    time_point at;
    parley::position position = 0; ///< orders an account's holds
  };
  struct ended {
    std::string status; ///< posted, voided, expired
    std::uint64_t posted = 0;
    time_point at;
  };
  struct change {
    std::optional<hold_changes::made> made; ///< a row to write; else the row exists already
    std::optional<hold_changes::ended> ended;
  };
  std::map<transfer_id, change> rows;

  void fold(const record& r, const events::ledger_event& e);
};

} // namespace parley
