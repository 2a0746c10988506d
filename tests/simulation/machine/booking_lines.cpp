#include "tests/simulation/machine/booking_lines.hpp"

#include "projections/pg/parameters.hpp"

namespace parley::simulation {

using pg::storable;

void write_services(std::map<std::string, service_line>& table, const service_changes& changes) {
  for (const auto& [service, change] : changes.rows) {
    const auto id = storable(service.text);
    if (change.made) {
      auto& row = table[id];
      row.id = id;
      row.owner = storable(change.made->owner.text);
      row.created_at = change.made->at;
      row.offered_position = change.made->position;
      row.retired = false;
    }
    const auto at = table.find(id);
    if (at == table.end()) continue;
    auto& row = at->second;
    if (change.terms) {
      row.title = storable(change.terms->title);
      row.description = storable(change.terms->description);
      row.category = storable(change.terms->category);
      row.price_minor = change.terms->price_minor;
      row.currency = storable(change.terms->currency);
      row.duration_minutes = change.terms->duration_minutes;
      row.cancel_free_hours = change.terms->cancel_free_hours;
      row.cancel_fee_percent = change.terms->cancel_fee_percent;
      row.active = change.terms->active;
    }
    if (change.availability) row.availability = storable(*change.availability);
    row.retired = row.retired || change.retired;
    row.version = change.version;
  }
  for (const auto& [service, added] : changes.rated)
    if (const auto at = table.find(storable(service.text)); at != table.end()) {
      at->second.rating_sum += added.sum;
      at->second.rating_count += added.count;
    }
}

void write_bookings(std::map<std::string, booking_line>& table, const booking_changes& changes) {
  for (const auto& [booking, row] : changes.rows) {
    const auto& b = row.booking;
    const auto id = storable(booking.text);
    table[id] = {id,
                 storable(b.provider.text),
                 storable(b.customer.text),
                 storable(b.service.text),
                 storable(b.title),
                 b.starts_at,
                 b.ends_at,
                 b.price_minor,
                 storable(b.currency),
                 b.cancel_free_hours,
                 b.cancel_fee_percent,
                 storable(b.status),
                 storable(b.payment),
                 b.fee_minor,
                 b.expires_at,
                 b.requested_at,
                 storable(b.customer_name),
                 storable(b.note),
                 row.updated_at,
                 row.version};
  }
}

void write_reviews(std::map<std::string, review_line>& table, const review_changes& changes) {
  for (const auto& [review, change] : changes.rows) {
    const auto id = storable(review.text);
    if (change.made) {
      const auto& e = change.made->event;
      auto& row = table[id];
      row.id = id;
      row.booking_id = storable(e.booking.text);
      row.service_id = storable(e.service.text);
      row.provider_id = storable(e.provider.text);
      row.customer_id = storable(e.customer.text);
      row.customer_name = storable(e.customer_name);
      row.rating = e.rating;
      row.comment = storable(e.comment);
      row.created_at = change.made->at;
      row.written_position = change.made->position;
    }
    const auto at = table.find(id);
    if (at == table.end() || !change.reply) continue;
    at->second.reply = storable(change.reply->text);
    at->second.replied_at = change.reply->at;
  }
}

} // namespace parley::simulation
