// GET, POST /api/reviews, POST /api/reviews/:id/reply. Reviews are public to read; they are written into the calendar
// that the booking is in, which knows whether it was completed and has none yet.

#include "actors/domain/bookings/calendar.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/booking_rows.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

using domain::calendar;

void list_all(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  filters f{c->request};
  const service_id of_service{f.id("serviceId")};
  const user_id of_provider{f.id("providerId")};
  if (f.refusal()) return c->refuse(*f.refusal());
  if (of_service.empty() == of_provider.empty())
    return c->refuse({errc::malformed, "serviceId or providerId is needed", 0});
  const auto answered = [c](const page<review_row>& p) {
    answer_page(c, p, [](const review_row& row) { return to_json(row); });
  };
  c->with.bookings.reviews(of_service, of_provider, *asked, c->at_least(), or_refuse<page<review_row>>(c, answered));
}

void write_review(const call_ptr& c) {
  fields f{c->body};
  calendar::write_review command;
  command.id = {f.required_text("bookingId", 200)};
  const auto rating = f.optional_integer("rating", 1, 5);
  command.comment = f.optional_text("comment", domain::review_comment_bytes_max);
  if (!rating) f.refuse(errc::malformed, "rating is missing");
  if (f.refusal()) return c->refuse(*f.refusal());
  command.rating = static_cast<std::uint32_t>(*rating);
  const auto provider = domain::provider_of(command.id);
  if (provider.empty() || !is_readable_id(command.id.text)) return c->refuse({errc::booking_not_found, {}, 0});
  write<calendar>(c, make_stream(calendar::family, provider.text), std::move(command),
                  [](const answer& a) { return success_with(201, a.body, "review"); });
}

void reply_to(const call_ptr& c) {
  fields f{c->body};
  calendar::reply_to_review command;
  command.id = {c->captured.at(0)};
  command.text = f.required_text("text", domain::review_comment_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto provider = domain::provider_of(domain::reviewed_by(command.id));
  if (provider.empty() || !is_readable_id(command.id.text)) return c->refuse({errc::review_not_found, {}, 0});
  write<calendar>(c, make_stream(calendar::family, provider.text), std::move(command),
                  [](const answer& a) { return success_with(201, a.body, "review"); });
}

} // namespace

void add_review_routes(router& to) {
  to.add({"GET", {"/api/reviews"}, access::known, list_all});
  to.add({"POST", {"/api/reviews"}, access::registered, write_review});
  to.add({"POST", {"/api/reviews/:id/reply"}, access::registered, reply_to});
}

} // namespace parley::gateway
