// GET, POST /api/bookings, GET, PUT, DELETE /api/bookings/:id, GET /realtime/chat/:bookingId. A booking is its two
// parties' only. Whoever asks for a time is first given a quote by the service, then the provider's calendar decides.

#include "actors/domain/bookings/calendar.hpp"
#include "actors/domain/bookings/service.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/booking_rows.hpp"
#include "gateway/rest/routes/people_json.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

using domain::calendar;
using domain::service;
using nlohmann::json;

constexpr std::size_t id_bytes_max = 200, time_bytes_max = 64, status_bytes_max = 32;

/// The booking with its own entity tag: the calendar's version moves with every other booking in it.
http_response answered(int status, const answer& a) {
  auto r = success_with(status, a.body, "booking");
  const auto told = json::parse(a.body, nullptr, false);
  if (const auto at = told.find("version"); at != told.end() && at->is_number_unsigned())
    r.headers.emplace_back("ETag", etag_of(at->get<version>()));
  return r;
}

/// As `write`, but If-Match is in the command: it is about the booking, not about the calendar.
void write_booking(const call_ptr& c, const user_id& provider, calendar::command command, int status) {
  const auto by = c->by();
  request<calendar> r{std::move(command), by, c->once(by.user.text), {}, {}};
  r.respond = reply{[c, user = by.user, status](const result<answer>& a) {
    if (!a) return c->refuse(a.error());
    auto response = answered(status, *a);
    c->wrote(user, *a, response);
    c->answer(std::move(response));
  }};
  c->with.entities.ask(make_stream(calendar::family, provider.text), std::move(r));
}

/// Asks an entity a question on behalf of the caller: `then` with its answer as JSON, or the refusal goes out.
template <class Entity>
void question(const call_ptr& c, const stream_id& whom, typename Entity::command what,
              std::function<void(const json&)> then) {
  request<Entity> r{std::move(what), c->by(), {}, {}, {}};
  r.respond = reply{[c, then = std::move(then)](const result<answer>& a) {
    if (!a) return c->refuse(a.error());
    then(json::parse(a->body, nullptr, false));
  }};
  c->with.entities.ask(whom, std::move(r));
}

void quote(const call_ptr& c, const std::string& of_service, service::quote what,
           std::function<void(const json&)> then) {
  question<service>(c, make_stream(service::family, of_service), what, std::move(then));
}

result<time_point> read_start(fields& f) {
  const auto text = f.required_text("startsAt", time_bytes_max);
  if (f.refusal()) return tl::make_unexpected(*f.refusal());
  const auto t = parse_iso8601(text);
  if (!t) return fail(errc::invalid, "startsAt must look like 2026-11-20T23:19:35.042Z");
  return *t;
}

calendar::request asked_for(const json& quoted, time_point starts_at) {
  calendar::request r;
  r.provider = {quoted["providerId"].get<std::string>()};
  r.title = quoted["title"].get<std::string>();
  r.starts_at = starts_at;
  r.minutes = quoted["durationMinutes"].get<std::uint32_t>();
  r.price_minor = quoted["priceMinor"].get<std::uint64_t>();
  r.currency = quoted["currency"].get<std::string>();
  r.cancel_free_hours = quoted["cancelFreeHours"].get<std::uint32_t>();
  r.cancel_fee_percent = quoted["cancelFeePercent"].get<std::uint32_t>();
  r.offered = quoted["offered"].get<bool>();
  r.available = quoted["available"].get<bool>();
  return r;
}

void ask_for(const call_ptr& c) {
  fields f{c->body};
  const auto of_service = f.required_text("serviceId", id_bytes_max);
  const auto note = f.optional_text("note", domain::booking_note_bytes_max);
  const auto start = read_start(f);
  if (!start) return c->refuse(start.error());
  if (!is_readable_id(of_service)) return c->refuse({errc::service_not_found, {}, 0});
  quote(c, of_service, {*start, {}}, [c, of_service, note, start = *start](const json& quoted) {
    auto command = asked_for(quoted, start);
    command.id = domain::make_booking_id(random_id(c->with.random, "bk_"), command.provider);
    command.service = {of_service};
    command.note = note;
    const auto provider = command.provider;
    write_booking(c, provider, std::move(command), 201);
  });
}

/// The booking in the path and its provider; nullopt when that can be none, and the refusal is out.
std::optional<std::pair<booking_id, user_id>> named(const call_ptr& c) {
  booking_id id{c->captured.at(0)};
  auto provider = is_readable_id(id.text) ? domain::provider_of(id) : user_id{};
  if (!provider.empty()) return std::pair{std::move(id), std::move(provider)};
  c->refuse({errc::booking_not_found, {}, 0});
  return std::nullopt;
}

void reschedule(const call_ptr& c, const booking_id& id, const user_id& provider, time_point starts_at) {
  const auto calendar_stream = make_stream(calendar::family, provider.text);
  question<calendar>(c, calendar_stream, calendar::look{id}, [c, id, provider, starts_at](const json& booking) {
    const auto minutes = booking["durationMinutes"].get<std::uint32_t>();
    quote(c, booking["serviceId"].get<std::string>(), {starts_at, minutes},
          [c, id, provider, starts_at](const json& quoted) {
            const bool available = quoted["offered"].get<bool>() && quoted["available"].get<bool>();
            write_booking(c, provider, calendar::reschedule{id, starts_at, available, c->if_match}, 200);
          });
  });
}

void change(const call_ptr& c) {
  fields f{c->body};
  const auto status = f.optional_text("status", status_bytes_max);
  const auto reason = f.optional_text("reason", domain::booking_note_bytes_max);
  const bool moves = c->body.contains("startsAt") && !c->body["startsAt"].is_null();
  if (moves == !status.empty()) f.refuse(errc::malformed, "send status, or startsAt to ask for another time");
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto which = named(c);
  if (!which) return;
  if (!moves) return write_booking(c, which->second, calendar::change{which->first, status, reason, c->if_match}, 200);
  const auto start = read_start(f);
  if (!start) return c->refuse(start.error());
  reschedule(c, which->first, which->second, *start);
}

void cancel(const call_ptr& c) {
  fields f{c->body};
  const auto reason = f.optional_text("reason", domain::booking_note_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  if (const auto which = named(c))
    write_booking(c, which->second, calendar::cancel{which->first, reason, c->if_match}, 200);
}

// --- reading -------------------------------------------------------------------------------------------------------

result<booking_filter> read_filter(const call& c) {
  filters f{c.request};
  booking_filter filter;
  filter.party = c.who->user;
  const auto role = c.request.parameter("role");
  if (!role.empty() && role != "customer" && role != "provider")
    return fail(errc::invalid, "role must be customer or provider");
  filter.as_customer = role != "provider";
  filter.as_provider = role != "customer";
  filter.status = f.text("status", status_bytes_max);
  filter.service = {f.id("serviceId")};
  if (f.refusal()) return tl::make_unexpected(*f.refusal());
  if (!filter.status.empty() && !domain::is_booking_status(filter.status))
    return fail(errc::invalid, "status is none that a booking can have");
  const auto from = time_parameter(c.request, "from"), to = time_parameter(c.request, "to");
  if (!from || !to) return tl::make_unexpected(from ? to.error() : from.error());
  filter.from = *from;
  filter.to = *to;
  const auto latest_first = wants_newest_first(c.request);
  if (!latest_first) return tl::make_unexpected(latest_first.error());
  filter.latest_first = *latest_first;
  return filter;
}

void list_own(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto filter = read_filter(*c);
  if (!filter) return c->refuse(filter.error());
  const auto answered_with = [c](const page<booking_row>& p) {
    answer_page(c, p, [](const booking_row& row) { return to_json(row); });
  };
  c->with.bookings.bookings(*filter, *asked, c->at_least(), or_refuse<page<booking_row>>(c, answered_with));
}

/// The booking in the path goes on to its parties; else the refusal goes out.
void find_own(const call_ptr& c, std::function<void(const booking_row&)> then) {
  const auto which = named(c);
  if (!which) return;
  const auto found = [c, then = std::move(then)](const std::optional<booking_row>& row) {
    if (!row) return c->refuse({errc::booking_not_found, {}, 0});
    if (c->who->user != row->booking.customer && c->who->user != row->booking.provider)
      return c->refuse({errc::forbidden, "this is somebody else's booking", 0});
    then(*row);
  };
  c->with.bookings.booking(which->first, c->at_least(), or_refuse<std::optional<booking_row>>(c, found));
}

void get_one(const call_ptr& c) {
  find_own(c, [c](const booking_row& row) { answer_one(c, to_json(row), row.version); });
}

/// What the two parties said: the messages of the conversation that has the booking's id.
void chat(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto newest_first = wants_newest_first(c->request);
  if (!newest_first) return c->refuse(newest_first.error());
  find_own(c, [c, asked = *asked, newest = *newest_first](const booking_row& row) {
    const auto answered_with = [c, of = row.booking](const page<message_row>& p) {
      std::string about;
      json_writer{about}.begin_object().field("bookingId", of.id.text).end_object();
      answer_page(c, p, [&](const message_row& m) {
        const auto& receiver = m.user == of.customer ? of.provider : of.customer;
        return joined_objects(about, direct_message_json(m, {of.id.text}, receiver));
      });
    };
    c->with.reads.messages(make_stream(domain::conversation::family, row.booking.id.text), newest, asked, c->at_least(),
                           or_refuse<page<message_row>>(c, answered_with));
  });
}

} // namespace

void add_booking_routes(router& to) {
  to.add({"GET", {"/api/bookings"}, access::registered, list_own});
  to.add({"POST", {"/api/bookings"}, access::registered, ask_for});
  to.add({"GET", {"/api/bookings/:id"}, access::registered, get_one});
  to.add({"PUT", {"/api/bookings/:id"}, access::registered, change});
  to.add({"DELETE", {"/api/bookings/:id"}, access::registered, cancel});
  to.add({"GET", {"/realtime/chat/:bookingId"}, access::registered, chat});
}

} // namespace parley::gateway
