#include "projections/tables/bookings.hpp"

namespace parley {

void booking_changes::fold(const record& r, const events::calendar_event& e) {
  const auto keep = [&](const auto& one) {
    if constexpr (std::derived_from<std::decay_t<decltype(one)>, events::booking>)
      rows[one.id] = row{static_cast<const events::booking&>(one), r.time, r.version};
  };
  std::visit(keep, e);
}

void review_changes::fold(const record& r, const events::calendar_event& e) {
  if (const auto* review = std::get_if<events::review_written>(&e))
    rows[review->review].made = written{*review, r.time, r.position};
  else if (const auto* answer = std::get_if<events::review_replied>(&e))
    rows[answer->review].reply = replied{answer->text, r.time};
}

} // namespace parley
