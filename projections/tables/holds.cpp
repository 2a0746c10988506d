#include "projections/tables/holds.hpp"

namespace parley {
namespace {

struct folder {
  hold_changes& changes;
  const record& r;

  void operator()(const events::held& e) const {
    changes.rows[e.transfer] = {hold_changes::made{e, std::string{r.stream.key()}, r.time, r.position}, {}};
  }
  void operator()(const events::posted& e) const { end(e.transfer, "posted", e.amount); }
  void operator()(const events::voided& e) const { end(e.transfer, "voided", 0); }
  void operator()(const events::hold_expired& e) const { end(e.transfer, "expired", 0); }
  void operator()(const events::transferred&) const {}
  void operator()(const events::transfer_refused&) const {}

  void end(const transfer_id& id, std::string status, std::uint64_t posted) const {
    changes.rows[id].ended = hold_changes::ended{std::move(status), posted, r.time};
  }
};

} // namespace

void hold_changes::fold(const record& r, const events::ledger_event& e) { std::visit(folder{*this, r}, e); }

} // namespace parley
