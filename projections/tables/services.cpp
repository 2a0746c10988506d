#include "projections/tables/services.hpp"

namespace parley {

void service_changes::fold(const record& r, const events::service_event& e) {
  auto& row = rows[service_id{std::string{r.stream.key()}}];
  row.version = r.version;
  if (const auto* first = std::get_if<events::service_offered>(&e)) {
    row.made = offered{first->owner, r.time, r.position};
    row.terms = *first;
    row.availability = std::string{};
    row.retired = false;
  } else if (const auto* now = std::get_if<events::service_revised>(&e)) {
    row.terms = *now;
  } else if (const auto* open = std::get_if<events::availability_set>(&e)) {
    row.availability = open->rules;
  } else {
    row.retired = true;
  }
}

void service_changes::fold(const record&, const events::calendar_event& e) {
  const auto* review = std::get_if<events::review_written>(&e);
  if (!review) return;
  auto& rating = rated[review->service];
  rating.sum += review->rating;
  ++rating.count;
}

} // namespace parley
