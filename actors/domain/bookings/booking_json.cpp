#include "actors/domain/bookings/booking_json.hpp"

#include "actors/domain/bookings/availability.hpp"

#include <nlohmann/json.hpp>

namespace parley::domain {

void write_service(json_writer& out, const service_id& id, const user_id& owner, const events::service_terms& terms,
                   time_point created_at) {
  out.field("id", id.text).field("serviceId", id.text).field("providerId", owner.text);
  out.field("title", terms.title);
  if (!terms.description.empty()) out.field("description", terms.description);
  if (!terms.category.empty()) out.field("category", terms.category);
  out.field("priceMinor", terms.price_minor).field("currency", terms.currency);
  out.field("durationMinutes", terms.duration_minutes);
  out.field("cancelFreeHours", terms.cancel_free_hours).field("cancelFeePercent", terms.cancel_fee_percent);
  out.field("active", terms.active).field("createdAt", to_iso8601(created_at));
}

void write_availability(json_writer& out, const std::string& rules) {
  const auto text = rules.empty() ? to_json(always()) : rules;
  const auto read = nlohmann::ordered_json::parse(text, nullptr, false);
  for (const auto* name : {"timeZone", "weekly", "exceptions"})
    if (read.is_object() && read.contains(name)) out.key(name).raw(read[name].dump());
}

void write_booking(json_writer& out, const events::booking& b) {
  out.field("id", b.id.text).field("bookingId", b.id.text).field("serviceId", b.service.text);
  out.field("title", b.title).field("providerId", b.provider.text).field("customerId", b.customer.text);
  out.field("customerName", b.customer_name);
  out.field("startsAt", to_iso8601(b.starts_at)).field("endsAt", to_iso8601(b.ends_at));
  out.field("durationMinutes", std::chrono::duration_cast<std::chrono::minutes>(b.ends_at - b.starts_at).count());
  out.field("status", b.status).field("priceMinor", b.price_minor).field("currency", b.currency);
  out.field("payment", b.payment).field("feeMinor", b.fee_minor);
  out.field("cancelFreeUntil", to_iso8601(b.starts_at - std::chrono::hours{b.cancel_free_hours}));
  out.field("cancelFeePercent", b.cancel_fee_percent);
  if (b.expires_at) out.field("expiresAt", to_iso8601(*b.expires_at));
  if (!b.note.empty()) out.field("note", b.note);
  out.field("createdAt", to_iso8601(b.requested_at));
}

std::string status_changed_json(const events::booking& b, std::string_view was, const user_id& by,
                                std::string_view reason, time_point when) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  write_booking(out, b);
  out.field("previousStatus", was).field("updatedBy", by.empty() ? std::string_view{"system"} : by.text);
  if (!reason.empty()) out.field("reason", reason);
  out.field("timestamp", to_iso8601(when)).end_object();
  return text;
}

std::string booking_json(const events::booking& b, time_point when) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  write_booking(out, b);
  out.field("timestamp", to_iso8601(when)).end_object();
  return text;
}

std::string availability_changed_json(const user_id& provider, const service_id& service, const events::booking* b,
                                      bool available, time_point when) {
  std::string text;
  json_writer out{text};
  out.begin_object().field("providerId", provider.text).field("serviceId", service.text);
  if (b) {
    out.field("startsAt", to_iso8601(b->starts_at)).field("endsAt", to_iso8601(b->ends_at));
    out.field("available", available);
  }
  out.field("timestamp", to_iso8601(when)).end_object();
  return text;
}

} // namespace parley::domain
