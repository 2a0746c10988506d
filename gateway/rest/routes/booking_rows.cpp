#include "gateway/rest/routes/booking_rows.hpp"

#include "actors/domain/bookings/booking_json.hpp"

#include <fmt/format.h>

namespace parley::gateway {

std::string to_json(const service_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object();
  domain::write_service(json, row.id, row.owner, row.terms, row.created_at);
  if (row.rating_count == 0)
    json.key("ratingAverage").null();
  else
    json.key("ratingAverage")
        .raw(fmt::format("{:.2f}", static_cast<double>(row.rating_sum) / static_cast<double>(row.rating_count)));
  json.field("ratingCount", row.rating_count).field("version", row.version).end_object();
  return out;
}

std::string to_json(const booking_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object();
  domain::write_booking(json, row.booking);
  json.field("updatedAt", to_iso8601(row.updated_at)).field("version", row.version).end_object();
  return out;
}

std::string to_json(const review_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("bookingId", row.booking.text);
  json.field("serviceId", row.service.text).field("providerId", row.provider.text);
  json.field("customerId", row.customer.text).field("customerName", row.customer_name);
  json.field("rating", row.rating).field("comment", row.comment).field("createdAt", to_iso8601(row.created_at));
  json.key("reply");
  if (row.reply)
    json.begin_object()
        .field("text", *row.reply)
        .field("createdAt", to_iso8601(row.replied_at.value_or(row.created_at)))
        .end_object();
  else
    json.null();
  json.end_object();
  return out;
}

void find_service(const call_ptr& c, std::function<void(const service_row&)> then) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::service_not_found, {}, 0});
  const auto found = [c, then = std::move(then)](const std::optional<service_row>& row) {
    const bool own = row && c->who && c->who->user == row->owner;
    if (!row || row->retired || (!row->terms.active && !own)) return c->refuse({errc::service_not_found, {}, 0});
    then(*row);
  };
  c->with.bookings.service({named}, c->at_least(), or_refuse<std::optional<service_row>>(c, found));
}

result<std::optional<time_point>> time_parameter(const http_request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  const auto t = parse_iso8601(text);
  if (!t) return fail(errc::invalid, std::string{name} + " must look like 2026-11-20T23:19:35.042Z");
  return *t;
}

} // namespace parley::gateway
