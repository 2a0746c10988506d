#include "projections/inboxes.hpp"

namespace parley {

void inbox_changes::fold(const record& r, const events::inbox_event& e) {
  const user_id owner{std::string{r.stream.key()}};
  if (const auto* in = std::get_if<events::joined>(&e)) {
    presence[owner] = {in->participants, r.time};
  } else if (const auto* out = std::get_if<events::left>(&e)) {
    presence[owner] = {out->participants, r.time};
  } else if (const auto* told = std::get_if<events::notified>(&e)) {
    notifications[{owner, told->notification}] = {{{*told, r.time, r.version}}, false};
  } else if (const auto* read = std::get_if<events::notification_read>(&e)) {
    notifications[{owner, read->notification}].read = true;
  }
}

} // namespace parley
