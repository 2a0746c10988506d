#include "projections/tables/listings.hpp"

namespace parley {
namespace {

struct folder {
  listing_changes& changes;
  const record& r;

  listing_changes::change& row() const {
    auto& found = changes.rows[listing_id{std::string{r.stream.key()}}];
    found.version = r.version;
    return found;
  }

  void operator()(const events::listing_created& e) const {
    row() = {};
    row().made = listing_changes::created{e, r.time, r.position};
  }
  void operator()(const events::listing_changed& e) const {
    auto& to = row();
    if (e.title) to.title = e.title;
    if (e.description) to.description = e.description;
    if (e.currency) to.currency = e.currency;
    if (e.price) to.price = e.price;
    if (e.stock) {
      to.stock = e.stock;
      to.stock_more = 0;
    }
    to.changed_at = r.time;
  }
  void operator()(const events::listing_closed&) const {
    row().closed = true;
    row().changed_at = r.time;
  }
  void operator()(const events::purchase_requested& e) const {
    row().stock_more -= static_cast<std::int64_t>(e.quantity);
  }
  void operator()(const events::purchase_completed&) const { row(); }
  void operator()(const events::purchase_failed& e) const { row().stock_more += static_cast<std::int64_t>(e.quantity); }
};

} // namespace

void listing_changes::fold(const record& r, const events::listing_event& e) { std::visit(folder{*this, r}, e); }

} // namespace parley
