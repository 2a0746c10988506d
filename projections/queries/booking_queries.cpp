#include "projections/queries/booking_queries.hpp"

#include "projections/queries/lists.hpp"
#include "projections/queries/search.hpp"

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

constexpr int offered_position_column = 17;
const std::string service_columns =
    "SELECT id, owner, title, description, category, price_minor, currency, duration_minutes, cancel_free_hours, "
    "cancel_fee_percent, active, availability, retired, rating_sum, rating_count, created_at, version, "
    "offered_position FROM services ";
service_row read_service(const rows& r, std::size_t i) {
  service_row row;
  row.id = {r.text(i, 0)};
  row.owner = {r.text(i, 1)};
  row.terms = {r.text(i, 2),   r.text(i, 3),   r.text(i, 4),   r.int8(i, 5),    r.text(i, 6),
               small(r, i, 7), small(r, i, 8), small(r, i, 9), r.boolean(i, 10)};
  row.availability = r.text(i, 11);
  row.retired = r.boolean(i, 12);
  row.rating_sum = r.int8(i, 13);
  row.rating_count = r.int8(i, 14);
  row.created_at = r.time(i, 15);
  row.version = r.int8(i, 16);
  return row;
}

const std::string booking_columns =
    "SELECT id, provider_id, customer_id, service_id, title, starts_at, ends_at, price_minor, currency, "
    "cancel_free_hours, cancel_fee_percent, status, payment, fee_minor, expires_at, requested_at, customer_name, note, "
    "updated_at, version FROM bookings ";
booking_row read_booking(const rows& r, std::size_t i) {
  return {{{r.text(i, 0)},
           {r.text(i, 1)},
           {r.text(i, 2)},
           {r.text(i, 3)},
           r.text(i, 4),
           r.time(i, 5),
           r.time(i, 6),
           r.int8(i, 7),
           r.text(i, 8),
           small(r, i, 9),
           small(r, i, 10),
           r.text(i, 11),
           r.text(i, 12),
           r.int8(i, 13),
           r.optional_time(i, 14),
           r.time(i, 15),
           r.text(i, 16),
           r.text(i, 17)},
          r.time(i, 18),
          r.int8(i, 19)};
}

constexpr int written_position_column = 11;
const std::string review_columns =
    "SELECT id, booking_id, service_id, provider_id, customer_id, customer_name, comment, rating, created_at, reply, "
    "replied_at, written_position FROM reviews ";
review_row read_review(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, {r.text(i, 2)}, {r.text(i, 3)},        {r.text(i, 4)},        r.text(i, 5),
          r.text(i, 6),   r.int8(i, 7),   r.time(i, 8),   r.optional_text(i, 9), r.optional_time(i, 10)};
}

/// A time as a parameter: PostgreSQL makes it from milliseconds.
std::uint64_t milliseconds_of(time_point t) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, t.time_since_epoch().count()));
}
std::string instant(int parameter) {
  return "timestamptz 'epoch' + $" + std::to_string(parameter) + " * interval '1 millisecond'";
}

/// Up to the last instant that a cursor's number can say, which PostgreSQL still knows.
constexpr std::uint64_t last_millisecond = 253'402'300'799'999; // the year 9999

} // namespace

void booking_queries::service(const service_id& id, position at_least, answer_to<std::optional<service_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, service_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<service_row>(read_service));
}

void booking_queries::services(const service_filter& f, page_request p, position at_least,
                               answer_to<page<service_row>> done) {
  const auto min = std::min(f.price_min.value_or(0), number_max);
  const auto max = std::min(f.price_max.value_or(number_max), number_max);
  const auto asked = page_of(
      "services",
      {f.caller.text, f.provider.text, f.category, f.currency, std::to_string(min), std::to_string(max), f.search}, p,
      greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  parameters values;
  values.int8(asked->after.number).text(f.caller.text).text(f.provider.text).text(f.category).text(f.currency);
  values.int8(min).int8(max).text(sought_pattern(f.search)).int8(asked->rows());
  desk_.ask(at_least,
            service_columns +
                "WHERE NOT retired AND offered_position < $1 AND (active OR owner = $2) AND ($3 = '' OR owner = $3) "
                "AND ($4 = '' OR category = $4) AND ($5 = '' OR currency = $5) AND price_minor BETWEEN $6 AND $7 AND " +
                sought_like(8) + " ORDER BY offered_position DESC LIMIT $9",
            std::move(values), std::move(done),
            paged<service_row>(*asked, read_service, at_number(offered_position_column)));
}

void booking_queries::booking(const booking_id& id, position at_least, answer_to<std::optional<booking_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, booking_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<booking_row>(read_booking));
}

void booking_queries::bookings(const booking_filter& f, page_request p, position at_least,
                               answer_to<page<booking_row>> done) {
  const auto from = f.from ? milliseconds_of(*f.from) : 0;
  const auto to = f.to ? milliseconds_of(*f.to) : last_millisecond;
  const std::string side = std::string{f.as_customer ? "customer" : ""} + (f.as_provider ? "provider" : "");
  const auto asked = page_of(f.latest_first ? "latest bookings" : "bookings",
                             {f.party.text, side, f.status, f.service.text, std::to_string(from), std::to_string(to)},
                             p, f.latest_first ? cursor{last_millisecond, "\x7f", {}} : cursor{});
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  parameters values;
  values.int8(asked->after.number).text(asked->after.text).text(f.party.text).text(f.status).text(f.service.text);
  values.int8(from).int8(to).int8(asked->rows());
  const std::string past = f.latest_first ? "<" : ">", direction = f.latest_first ? " DESC" : "";
  const auto order = " ORDER BY starts_at" + direction + ", id" + direction + " LIMIT $8";
  const auto of_party = [&](const std::string& party) {
    return booking_columns + "WHERE " + party + " AND (starts_at, id) " + past + " (" + instant(1) +
           ", $2) AND ($4 = '' OR status = $4) AND ($5 = '' OR service_id = $5) AND starts_at >= " + instant(6) +
           " AND starts_at < " + instant(7) + order;
  };
  const std::string as_customer = "customer_id = $3", as_provider = "provider_id = $3";
  // Each half in its own index's order: with an OR between them the whole table would be read and sorted.
  const auto question = f.as_customer && f.as_provider
                            ? "SELECT * FROM ((" + of_party(as_customer) + ") UNION ALL (" +
                                  of_party(as_provider + " AND customer_id <> $3") + ")) either" + order
                            : of_party(f.as_customer ? as_customer : as_provider);
  desk_.ask(at_least, question, std::move(values), std::move(done),
            paged<booking_row>(*asked, read_booking, [](const rows& r, std::size_t i) {
              return cursor{milliseconds_of(r.time(i, 5)), r.text(i, 0), {}};
            }));
}

void booking_queries::taken(const user_id& provider, time_point from, time_point to, position at_least,
                            answer_to<std::vector<taken_row>> done) {
  if (!is_sql_text(provider.text)) return desk_.refuse(std::move(done), not_sql_text);
  parameters values;
  values.text(provider.text).int8(milliseconds_of(from)).int8(milliseconds_of(to)).int8(taken_rows_max);
  // No booking is longer than a day (domain::duration_minutes_max), so the index by start serves.
  desk_.ask(at_least,
            "SELECT starts_at, ends_at FROM bookings WHERE provider_id = $1 AND starts_at > " + instant(2) +
                " - interval '1 day' AND ends_at > " + instant(2) + " AND starts_at < " + instant(3) +
                " AND status IN ('requested', 'confirmed', 'completed', 'no-show') ORDER BY starts_at LIMIT $4",
            std::move(values), std::move(done), all<taken_row>([](const rows& r, std::size_t i) {
              return taken_row{r.time(i, 0), r.time(i, 1)};
            }));
}

void booking_queries::reviews(const service_id& service, const user_id& provider, page_request p, position at_least,
                              answer_to<page<review_row>> done) {
  const bool of_service = !service.empty();
  const auto& whose = of_service ? service.text : provider.text;
  const auto asked = page_of(of_service ? "reviews of service" : "reviews of provider", {whose}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            review_columns + "WHERE " + (of_service ? "service_id" : "provider_id") +
                " = $1 AND written_position < $2 ORDER BY written_position DESC LIMIT $3",
            parameters{}.text(whose).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<review_row>(*asked, read_review, at_number(written_position_column)));
}

} // namespace parley
