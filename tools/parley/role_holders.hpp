#pragma once
// Who holds which role, and which keys there are: read from the log from its first event on, which needs neither a
// server nor PostgreSQL and cannot be behind.

#include "actors/domain/people/roles.hpp"
#include "events/log/verify.hpp"

#include <map>

namespace parley::tool {

struct role_holder {
  struct grant {
    std::string by;
    time_point at;
  };
  std::string name, email; ///< as they are now; an e-mail address of people only
  std::map<domain::role, grant> roles;
  bool service = false;
  bool key_in_force = false;
  grant made; ///< of a service
};

/// All services, and everybody who holds a role now, by id.
[[nodiscard]] result<std::map<user_id, role_holder>> read_role_holders(const log_view& log);

} // namespace parley::tool
