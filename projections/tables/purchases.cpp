#include "projections/tables/purchases.hpp"

namespace parley {
namespace {

struct folder {
  purchase_changes& changes;
  const record& r;

  void operator()(const events::purchase_requested& e) const {
    changes.rows[e.purchase] = {purchase_changes::requested{e, {std::string{r.stream.key()}}, r.time, r.position}, {}};
  }
  void operator()(const events::purchase_completed& e) const { end(e.purchase, "completed", {}); }
  void operator()(const events::purchase_failed& e) const { end(e.purchase, "failed", e.code); }
  void operator()(const events::listing_created&) const {}
  void operator()(const events::listing_changed&) const {}
  void operator()(const events::listing_closed&) const {}

  void end(const purchase_id& id, std::string status, std::string code) const {
    changes.rows[id].ended = purchase_changes::ended{std::move(status), std::move(code), r.time};
  }
};

} // namespace

void purchase_changes::fold(const record& r, const events::listing_event& e) { std::visit(folder{*this, r}, e); }

} // namespace parley
