#pragma once
// Read model: who there is (from `account/…`). Pure: events to changes of rows, one change a user and batch.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>

namespace parley {

struct user_changes {
  struct made {
    std::string email; ///< empty for guests
    bool guest = false;
    time_point at;
  };
  struct change {
    std::optional<made> created;     ///< a row to write; else the row exists already
    std::optional<std::string> name; ///< set when created or renamed
    parley::version version = 0;
  };
  std::map<user_id, change> rows;

  void fold(const record& r, const events::account_event& e);
};

} // namespace parley
