// GET, POST /api/services, GET, PUT, DELETE /api/services/:id, GET, PUT /api/services/:id/availability. Services are
// public to read, but for those their owner lets rest.

#include "actors/domain/bookings/availability.hpp"
#include "actors/domain/bookings/booking_json.hpp"
#include "actors/domain/bookings/service.hpp"
#include "actors/domain/money.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/booking_rows.hpp"
#include "gateway/rest/routes/routes.hpp"

#include <charconv>

namespace parley::gateway {
namespace {

using domain::service;

// --- what clients send ---------------------------------------------------------------------------------------------

std::optional<std::string> given_text(const nlohmann::json& body, fields& f, const char* name, std::size_t bytes_max) {
  const auto at = body.find(name);
  if (at == body.end() || at->is_null()) return std::nullopt;
  return f.optional_text(name, bytes_max);
}

template <class Integer>
std::optional<Integer> given_number(fields& f, const char* name, std::int64_t min, std::int64_t max) {
  const auto n = f.optional_integer(name, min, max);
  return n ? std::optional{static_cast<Integer>(*n)} : std::nullopt;
}

service::revise read_terms(const nlohmann::json& body, fields& f) {
  service::revise r;
  r.title = given_text(body, f, "title", domain::service_title_bytes_max);
  r.description = given_text(body, f, "description", domain::service_description_bytes_max);
  r.category = given_text(body, f, "category", domain::service_category_bytes_max);
  r.currency = given_text(body, f, "currency", 3);
  r.price_minor = given_number<std::uint64_t>(f, "priceMinor", 0, static_cast<std::int64_t>(domain::amount_max));
  r.duration_minutes = given_number<std::uint32_t>(f, "durationMinutes", 1, domain::duration_minutes_max);
  r.cancel_free_hours = given_number<std::uint32_t>(f, "cancelFreeHours", 0, domain::cancel_free_hours_max);
  r.cancel_fee_percent = given_number<std::uint32_t>(f, "cancelFeePercent", 0, 100);
  r.active = f.optional_flag("active");
  return r;
}

http_response answered(int status, const answer& a) {
  auto r = success_with(status, a.body, "service");
  r.headers.emplace_back("ETag", etag_of(a.version));
  return r;
}

void offer(const call_ptr& c) {
  fields f{c->body};
  const auto given = read_terms(c->body, f);
  for (const auto* name : {"title", "priceMinor", "currency", "durationMinutes"})
    if (!c->body.contains(name) || c->body[name].is_null())
      f.refuse(errc::malformed, std::string{name} + " is missing");
  if (f.refusal()) return c->refuse(*f.refusal());
  service::offer command;
  command.id = {c->new_id("sv_", c->who->user.text)};
  auto& t = command.terms;
  t.title = given.title.value_or("");
  t.description = given.description.value_or("");
  t.category = given.category.value_or("");
  t.currency = given.currency.value_or("");
  t.price_minor = given.price_minor.value_or(0);
  t.duration_minutes = given.duration_minutes.value_or(0);
  t.cancel_free_hours = given.cancel_free_hours.value_or(domain::cancel_free_hours_default);
  t.cancel_fee_percent = given.cancel_fee_percent.value_or(domain::cancel_fee_percent_default);
  t.active = given.active.value_or(true);
  const auto stream = make_stream(service::family, command.id.text);
  write<service>(c, stream, std::move(command), [](const answer& a) { return answered(201, a); });
}

/// The stream of the service in the path; nullopt when that can be no id, and the refusal is out.
std::optional<stream_id> named_stream(const call_ptr& c) {
  if (is_readable_id(c->captured.at(0))) return make_stream(service::family, c->captured.at(0));
  c->refuse({errc::service_not_found, {}, 0});
  return std::nullopt;
}

void revise(const call_ptr& c) {
  fields f{c->body};
  auto command = read_terms(c->body, f);
  if (f.refusal()) return c->refuse(*f.refusal());
  if (const auto stream = named_stream(c))
    write<service>(c, *stream, std::move(command), [](const answer& a) { return answered(200, a); });
}

void retire(const call_ptr& c) {
  if (const auto stream = named_stream(c))
    write<service>(c, *stream, service::retire{}, [](const answer& a) { return success(200, a.body); });
}

// --- lists ---------------------------------------------------------------------------------------------------------

constexpr std::size_t search_bytes_max = 200, currency_bytes_max = 16;

result<std::optional<std::uint64_t>> price(const http_request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  std::uint64_t n = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (bad != std::errc{} || end != text.data() + text.size() || n > domain::amount_max)
    return fail(errc::invalid, std::string{name} + " must be 0 to " + std::to_string(domain::amount_max));
  return n;
}

void list_all(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto min = price(c->request, "minPrice"), max = price(c->request, "maxPrice");
  if (!min || !max) return c->refuse(min ? max.error() : min.error());
  filters f{c->request};
  service_filter filter;
  if (c->who) filter.caller = c->who->user;
  filter.search = f.text("q", search_bytes_max);
  filter.provider = {f.id("providerId")};
  filter.category = f.text("category", domain::service_category_bytes_max);
  filter.currency = f.text("currency", currency_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  if (!filter.currency.empty() && !domain::is_currency(filter.currency))
    return c->refuse({errc::wrong_currency, "currency must be an ISO 4217 code", 0});
  filter.price_min = *min;
  filter.price_max = *max;
  const auto answered_with = [c](const page<service_row>& p) {
    answer_page(c, p, [](const service_row& row) { return to_json(row); });
  };
  c->with.bookings.services(filter, *asked, c->at_least(), or_refuse<page<service_row>>(c, answered_with));
}

/// Its rating changes without the service's own version, so no client is told that it has it already.
void get_one(const call_ptr& c) {
  find_service(c, [c](const service_row& row) {
    auto r = success(200, to_json(row));
    r.headers.emplace_back("ETag", etag_of(row.version));
    r.headers.emplace_back("Cache-Control", "private, no-cache");
    c->answer(std::move(r));
  });
}

// --- availability --------------------------------------------------------------------------------------------------

void set_availability(const call_ptr& c) {
  const auto stream = named_stream(c);
  if (!stream) return;
  write<service>(c, *stream, service::set_availability{c->body.dump()}, [](const answer& a) {
    auto r = success(200, a.body);
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  });
}

constexpr std::chrono::days range_default{7};

/// An instant, or a date on the service's clocks: from its beginning, to its end.
result<std::optional<time_point>> read_bound(const call& c, const char* name, const domain::availability& a) {
  const auto day = domain::read_date(c.request.parameter(name));
  if (!day) return time_parameter(c.request, name);
  return a.zone.instant(name == std::string_view{"to"} ? *day + std::chrono::days{1} : *day, std::chrono::minutes{0});
}

result<domain::interval> read_range(const call& c, const domain::availability& a) {
  const auto from = read_bound(c, "from", a), to = read_bound(c, "to", a);
  if (!from || !to) return tl::make_unexpected(from ? to.error() : from.error());
  domain::interval range;
  range.from = from->value_or(c.with.clock.now());
  range.to = to->value_or(range.from + range_default);
  if (range.to <= range.from) return fail(errc::invalid, "to must be after from");
  if (range.to > range.from + domain::slots_range_max)
    return fail(errc::invalid,
                "from and to are more than " + std::to_string(domain::slots_range_max.count()) + " days apart");
  return range;
}

std::string availability_json(const service_row& row, const domain::interval& range, const domain::slots& slots) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("serviceId", row.id.text).field("providerId", row.owner.text);
  domain::write_availability(json, row.availability);
  json.field("durationMinutes", row.terms.duration_minutes);
  json.field("from", to_iso8601(range.from)).field("to", to_iso8601(range.to)).key("slots").begin_array();
  for (const auto& slot : slots.free)
    json.begin_object().field("startsAt", to_iso8601(slot.from)).field("endsAt", to_iso8601(slot.to)).end_object();
  json.end_array();
  if (slots.more_from) json.field("moreFrom", to_iso8601(*slots.more_from));
  json.end_object();
  return out;
}

void get_availability(const call_ptr& c) {
  find_service(c, [c](const service_row& row) {
    const auto rules = domain::stored_availability(row.availability);
    const auto range = read_range(*c, rules);
    if (!range) return c->refuse(range.error());
    const std::chrono::minutes length{row.terms.duration_minutes};
    const auto answered_with = [c, row, rules, range = *range, length](const std::vector<taken_row>& taken) {
      std::vector<domain::interval> busy;
      busy.reserve(taken.size());
      for (const auto& t : taken) busy.push_back({t.from, t.to});
      const auto now = c->with.clock.now();
      auto bookable = range;
      bookable.to = std::min(range.to, now + domain::booked_ahead_max);
      auto r = success(200, availability_json(row, range, free_slots(rules, bookable, length, busy, now)));
      r.headers.emplace_back("ETag", etag_of(row.version));
      r.headers.emplace_back("Cache-Control", "private, no-cache");
      c->answer(std::move(r));
    };
    // A day earlier and later: stretches begin and slots end beyond the range.
    c->with.bookings.taken(row.owner, range->from - std::chrono::days{2}, range->to + std::chrono::days{2},
                           c->at_least(), or_refuse<std::vector<taken_row>>(c, answered_with));
  });
}

} // namespace

void add_service_routes(router& to) {
  to.add({"GET", {"/api/services"}, access::known, list_all});
  to.add({"POST", {"/api/services"}, access::registered, offer, limited::as_creation});
  to.add({"GET", {"/api/services/:id"}, access::known, get_one});
  to.add({"PUT", {"/api/services/:id"}, access::registered, revise});
  to.add({"DELETE", {"/api/services/:id"}, access::registered, retire});
  to.add({"GET", {"/api/services/:id/availability"}, access::known, get_availability});
  to.add({"PUT", {"/api/services/:id/availability"}, access::registered, set_availability});
}

} // namespace parley::gateway
