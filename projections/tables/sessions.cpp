#include "projections/tables/sessions.hpp"

namespace parley {

void session_changes::fold(const record& r, const events::session_event& e) {
  auto& row = rows[session_id{std::string{r.stream.key()}}];
  row.version = r.version;
  if (const auto* s = std::get_if<events::session_opened>(&e)) {
    row.made = opened{s->user, s->login, s->guest, s->name, r.time};
    row.now = presence{};
  } else if (const auto* gone = std::get_if<events::disconnected>(&e)) {
    row.now = presence{gone->grace_until, std::nullopt, gone->reason};
  } else if (std::holds_alternative<events::resumed>(e)) {
    row.now = presence{};
  } else if (const auto* closed = std::get_if<events::session_closed>(&e)) {
    row.now = presence{std::nullopt, r.time, closed->reason};
  }
}

} // namespace parley
