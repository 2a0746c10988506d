#include "projections/pg/booking_tables.hpp"

namespace parley::pg {
namespace {

/// The columns of a service's terms; null in all of them: the terms stay as they are.
struct terms_columns {
  array title = array::of_text(), description = array::of_text(), category = array::of_text();
  array price = array::of_int8(), currency = array::of_text(), duration = array::of_int8();
  array free_hours = array::of_int8(), fee_percent = array::of_int8(), active = array::of_boolean();

  void add(const std::optional<events::service_terms>& terms) {
    if (!terms) {
      for (auto* column :
           {&title, &description, &category, &price, &currency, &duration, &free_hours, &fee_percent, &active})
        column->null();
      return;
    }
    title.text(terms->title);
    description.text(terms->description);
    category.text(terms->category);
    price.int8(terms->price_minor);
    currency.text(terms->currency);
    duration.int8(terms->duration_minutes);
    free_hours.int8(terms->cancel_free_hours);
    fee_percent.int8(terms->cancel_fee_percent);
    active.boolean(terms->active);
  }
  void move_into(parameters& p) {
    p.column(std::move(title)).column(std::move(description)).column(std::move(category));
    p.column(std::move(price)).column(std::move(currency)).column(std::move(duration));
    p.column(std::move(free_hours)).column(std::move(fee_percent)).column(std::move(active));
  }
};

result<void> queue_offered(connection& db, const service_changes& changes) {
  auto id = array::of_text(), owner = array::of_text();
  auto created_at = array::of_time();
  auto offered = array::of_int8();
  std::size_t made = 0;
  for (const auto& [service, row] : changes.rows) {
    if (!row.made) continue;
    ++made;
    id.text(service.text);
    owner.text(row.made->owner.text);
    created_at.time(row.made->at);
    offered.int8(row.made->position);
  }
  if (made == 0) return {};
  parameters p;
  p.column(std::move(id)).column(std::move(owner)).column(std::move(created_at)).column(std::move(offered));
  return db.queue("INSERT INTO services (id, owner, created_at, offered_position, title, description, category, "
                  "price_minor, currency, duration_minutes, cancel_free_hours, cancel_fee_percent, active, retired, "
                  "availability, rating_sum, rating_count, version) "
                  "SELECT *, '', '', '', 0, '', 0, 0, 0, true, false, '', 0, 0, 0 FROM unnest($1, $2, $3, $4) "
                  "ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, created_at = excluded.created_at, "
                  "offered_position = excluded.offered_position, retired = false",
                  p);
}

} // namespace

result<void> queue_services(connection& db, const service_changes& changes) {
  auto queued = queue_offered(db, changes);
  if (!queued) return queued;
  if (!changes.rows.empty()) {
    auto id = array::of_text(), availability = array::of_text();
    auto retired = array::of_boolean();
    auto version = array::of_int8();
    terms_columns terms;
    for (const auto& [service, row] : changes.rows) {
      id.text(service.text);
      terms.add(row.terms);
      row.availability ? availability.text(*row.availability) : availability.null();
      retired.boolean(row.retired);
      version.int8(row.version);
    }
    parameters p;
    p.column(std::move(id));
    terms.move_into(p);
    p.column(std::move(availability)).column(std::move(retired)).column(std::move(version));
    queued = db.queue(
        "UPDATE services s SET title = coalesce(c.title, s.title), "
        "description = coalesce(c.description, s.description), category = coalesce(c.category, s.category), "
        "price_minor = coalesce(c.price_minor, s.price_minor), currency = coalesce(c.currency, s.currency), "
        "duration_minutes = coalesce(c.duration_minutes, s.duration_minutes), "
        "cancel_free_hours = coalesce(c.cancel_free_hours, s.cancel_free_hours), "
        "cancel_fee_percent = coalesce(c.cancel_fee_percent, s.cancel_fee_percent), "
        "active = coalesce(c.active, s.active), availability = coalesce(c.availability, s.availability), "
        "retired = s.retired OR c.retired, version = c.version "
        "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS c (id, title, description, category, "
        "price_minor, currency, duration_minutes, cancel_free_hours, cancel_fee_percent, active, availability, "
        "retired, version) WHERE s.id = c.id",
        p);
    if (!queued) return queued;
  }
  if (changes.rated.empty()) return {};
  auto id = array::of_text();
  auto sum = array::of_int8(), count = array::of_int8();
  for (const auto& [service, added] : changes.rated) {
    id.text(service.text);
    sum.int8(added.sum);
    count.int8(added.count);
  }
  return db.queue("UPDATE services s SET rating_sum = s.rating_sum + c.sum, rating_count = s.rating_count + c.count "
                  "FROM unnest($1, $2, $3) AS c (id, sum, count) WHERE s.id = c.id",
                  parameters{}.column(std::move(id)).column(std::move(sum)).column(std::move(count)));
}

result<void> queue_bookings(connection& db, const booking_changes& changes) {
  if (changes.rows.empty()) return {};
  auto id = array::of_text(), provider = array::of_text(), customer = array::of_text(), service = array::of_text();
  auto title = array::of_text(), currency = array::of_text(), status = array::of_text(), payment = array::of_text();
  auto name = array::of_text(), note = array::of_text();
  auto starts_at = array::of_time(), ends_at = array::of_time(), expires_at = array::of_time();
  auto requested_at = array::of_time(), updated_at = array::of_time();
  auto price = array::of_int8(), free_hours = array::of_int8(), fee_percent = array::of_int8();
  auto fee = array::of_int8(), version = array::of_int8();
  for (const auto& [booking, row] : changes.rows) {
    const auto& b = row.booking;
    id.text(booking.text);
    provider.text(b.provider.text);
    customer.text(b.customer.text);
    service.text(b.service.text);
    title.text(b.title);
    starts_at.time(b.starts_at);
    ends_at.time(b.ends_at);
    price.int8(b.price_minor);
    currency.text(b.currency);
    free_hours.int8(b.cancel_free_hours);
    fee_percent.int8(b.cancel_fee_percent);
    status.text(b.status);
    payment.text(b.payment);
    fee.int8(b.fee_minor);
    expires_at.time(b.expires_at);
    requested_at.time(b.requested_at);
    name.text(b.customer_name);
    note.text(b.note);
    updated_at.time(row.updated_at);
    version.int8(row.version);
  }
  parameters p;
  p.column(std::move(id)).column(std::move(provider)).column(std::move(customer)).column(std::move(service));
  p.column(std::move(title)).column(std::move(starts_at)).column(std::move(ends_at)).column(std::move(price));
  p.column(std::move(currency)).column(std::move(free_hours)).column(std::move(fee_percent));
  p.column(std::move(status)).column(std::move(payment)).column(std::move(fee)).column(std::move(expires_at));
  p.column(std::move(requested_at)).column(std::move(name)).column(std::move(note)).column(std::move(updated_at));
  p.column(std::move(version));
  return db.queue("INSERT INTO bookings (id, provider_id, customer_id, service_id, title, starts_at, ends_at, "
                  "price_minor, currency, cancel_free_hours, cancel_fee_percent, status, payment, fee_minor, "
                  "expires_at, requested_at, customer_name, note, updated_at, version) SELECT * FROM unnest($1, $2, "
                  "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) "
                  "ON CONFLICT (id) DO UPDATE SET provider_id = excluded.provider_id, "
                  "customer_id = excluded.customer_id, service_id = excluded.service_id, title = excluded.title, "
                  "starts_at = excluded.starts_at, ends_at = excluded.ends_at, price_minor = excluded.price_minor, "
                  "currency = excluded.currency, cancel_free_hours = excluded.cancel_free_hours, "
                  "cancel_fee_percent = excluded.cancel_fee_percent, status = excluded.status, "
                  "payment = excluded.payment, fee_minor = excluded.fee_minor, expires_at = excluded.expires_at, "
                  "requested_at = excluded.requested_at, customer_name = excluded.customer_name, "
                  "note = excluded.note, updated_at = excluded.updated_at, version = excluded.version",
                  p);
}

result<void> queue_reviews(connection& db, const review_changes& changes) {
  auto id = array::of_text(), booking = array::of_text(), service = array::of_text(), provider = array::of_text();
  auto customer = array::of_text(), name = array::of_text(), comment = array::of_text();
  auto rating = array::of_int8(), written = array::of_int8();
  auto created_at = array::of_time();
  auto answered = array::of_text(), reply = array::of_text();
  auto replied_at = array::of_time();
  std::size_t made = 0, replies = 0;
  for (const auto& [review, row] : changes.rows) {
    if (row.made) {
      const auto& e = row.made->event;
      ++made;
      id.text(review.text);
      booking.text(e.booking.text);
      service.text(e.service.text);
      provider.text(e.provider.text);
      customer.text(e.customer.text);
      name.text(e.customer_name);
      rating.int8(e.rating);
      comment.text(e.comment);
      created_at.time(row.made->at);
      written.int8(row.made->position);
    }
    if (row.reply) {
      ++replies;
      answered.text(review.text);
      reply.text(row.reply->text);
      replied_at.time(row.reply->at);
    }
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(booking)).column(std::move(service)).column(std::move(provider));
    p.column(std::move(customer)).column(std::move(name)).column(std::move(rating)).column(std::move(comment));
    p.column(std::move(created_at)).column(std::move(written));
    auto queued = db.queue("INSERT INTO reviews (id, booking_id, service_id, provider_id, customer_id, customer_name, "
                           "rating, comment, created_at, written_position) SELECT * FROM unnest($1, $2, $3, $4, $5, "
                           "$6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET booking_id = excluded.booking_id, "
                           "service_id = excluded.service_id, provider_id = excluded.provider_id, "
                           "customer_id = excluded.customer_id, customer_name = excluded.customer_name, "
                           "rating = excluded.rating, comment = excluded.comment, created_at = excluded.created_at, "
                           "written_position = excluded.written_position",
                           p);
    if (!queued) return queued;
  }
  if (replies == 0) return {};
  return db.queue("UPDATE reviews r SET reply = c.reply, replied_at = c.replied_at "
                  "FROM unnest($1, $2, $3) AS c (id, reply, replied_at) WHERE r.id = c.id",
                  parameters{}.column(std::move(answered)).column(std::move(reply)).column(std::move(replied_at)));
}

} // namespace parley::pg
