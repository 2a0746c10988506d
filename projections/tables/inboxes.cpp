#include "projections/tables/inboxes.hpp"

namespace parley {

void inbox_changes::fold(const record& r, const events::inbox_event& e) {
  const user_id owner{std::string{r.stream.key()}};
  if (const auto* in = std::get_if<events::joined>(&e)) {
    auto& now = presence[owner];
    now.sessions = in->participants;
    now.since = r.time;
  } else if (const auto* out = std::get_if<events::left>(&e)) {
    auto& now = presence[owner];
    now.sessions = out->participants;
    now.since = r.time;
    now.away[out->session] = false;
  } else if (const auto* set = std::get_if<events::status_set>(&e)) {
    auto& now = presence[owner];
    now.since = r.time;
    now.away[set->session] = set->away;
  } else if (const auto* told = std::get_if<events::notified>(&e)) {
    notifications[{owner, told->notification}] = {{{*told, r.time, r.version}}, false};
  } else if (const auto* read = std::get_if<events::notification_read>(&e)) {
    notifications[{owner, read->notification}].read = true;
  }
}

} // namespace parley
