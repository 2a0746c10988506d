#pragma once
// Read model: the devices a user is signed in on (from `account/…`). A revoked login has no row.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace parley {

struct login_changes {
  struct opened {
    std::string device;
    time_point at;
    parley::version seq = 0; ///< orders a user's logins
  };
  struct change {
    std::optional<opened> made; ///< a row to write; else the row exists already
    time_point refreshed_at, expires_at;
    bool revoked = false; ///< the row is deleted
  };
  std::map<std::pair<user_id, login_id>, change> rows;

  void fold(const record& r, const events::account_event& e);
};

} // namespace parley
