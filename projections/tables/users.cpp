#include "projections/tables/users.hpp"

namespace parley {

void user_changes::fold(const record& r, const events::account_event& e) {
  auto& row = rows[user_id{std::string{r.stream.key()}}];
  row.version = r.version;
  if (const auto* user = std::get_if<events::registered>(&e)) {
    row.created = made{user->email, false, r.time};
    row.name = user->name;
  } else if (const auto* guest = std::get_if<events::guest_registered>(&e)) {
    row.created = made{{}, true, r.time};
    row.name = guest->name;
  } else if (const auto* renamed = std::get_if<events::renamed>(&e)) {
    row.name = renamed->name;
  }
}

} // namespace parley
