#include "projections/tables/lounges.hpp"

namespace parley {

void lounge_changes::fold(const record& r, const events::lounge_event& e) {
  auto& row = rows[lounge_id{std::string{r.stream.key()}}];
  row.version = r.version;
  if (const auto* lounge = std::get_if<events::lounge_created>(&e)) {
    row.made = created{*lounge, r.time};
    row.participants = 0;
  } else if (const auto* changed = std::get_if<events::lounge_changed>(&e)) {
    row.settings = *changed;
  } else if (const auto* in = std::get_if<events::joined>(&e)) {
    row.participants = in->participants;
  } else if (const auto* out = std::get_if<events::left>(&e)) {
    row.participants = out->participants;
  }
}

} // namespace parley
