#include "projections/tables/members.hpp"

namespace parley {

void member_changes::fold(const record& r, const events::joined& e) {
  rows[{r.stream, e.session}] = present{e.user, e.name, e.host, e.guest, r.time, r.version};
}

void member_changes::fold(const record& r, const events::left& e) { rows[{r.stream, e.session}] = std::nullopt; }

void member_changes::fold(const record& r, const events::room_closed&) {
  emptied.insert(r.stream);
  auto first = rows.lower_bound({r.stream, session_id{}});
  while (first != rows.end() && first->first.first == r.stream) first = rows.erase(first);
}

} // namespace parley
