#include "projections/tables/admissions.hpp"

namespace parley {
namespace {

room_id room_of(const record& r) { return {std::string{r.stream.key()}}; }
constexpr std::string_view kicked = "kicked";

} // namespace

void admission_changes::fold(const record& r, const events::admitted& e) { rows[{room_of(r), e.user}] = true; }

void admission_changes::fold(const record& r, const events::left& e) {
  if (e.reason == kicked && r.stream.family() == "room") rows[{room_of(r), e.user}] = false;
}

void admission_changes::fold(const record& r, const events::knock_ended& e) {
  if (e.reason == kicked) rows[{room_of(r), e.user}] = false;
}

void admission_changes::fold(const record& r, const events::room_closed&) {
  const auto room = room_of(r);
  emptied.insert(room);
  auto first = rows.lower_bound({room, user_id{}});
  while (first != rows.end() && first->first.first == room) first = rows.erase(first);
}

} // namespace parley
