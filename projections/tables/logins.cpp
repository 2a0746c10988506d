#include "projections/tables/logins.hpp"

namespace parley {

void login_changes::fold(const record& r, const events::account_event& e) {
  const auto row = [&](const login_id& id) -> change& { return rows[{user_id{std::string{r.stream.key()}}, id}]; };
  if (const auto* opened_event = std::get_if<events::login_opened>(&e)) {
    row(opened_event->login) =
        change{opened{opened_event->device, r.time, r.version}, r.time, opened_event->expires_at, false};
  } else if (const auto* refreshed = std::get_if<events::login_refreshed>(&e)) {
    auto& changed = row(refreshed->login);
    changed.refreshed_at = r.time;
    changed.expires_at = refreshed->expires_at;
  } else if (const auto* revoked = std::get_if<events::login_revoked>(&e)) {
    row(revoked->login) = change{std::nullopt, {}, {}, true};
  }
}

} // namespace parley
