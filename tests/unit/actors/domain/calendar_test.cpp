// A booking's way through a provider's calendar: asked for, answered, moved, and taken back.

#include "tests/unit/actors/domain/calendar_fixture.hpp"

using namespace parley;
using namespace parley::test;

TEST_CASE("a booking is asked for once, holds its time, and waits a day for the answer") {
  given<calendar>({})
      .when(asking(), carl)
      .then({requested()})
      .sets(noon + 24h, "expiry:" + booking().text)
      .timers(1)
      .answers(R"({"id":"bk_00000001.pia","bookingId":"bk_00000001.pia","serviceId":"sv1","title":"Haircut",)"
               R"("providerId":"pia","customerId":"carl","customerName":"carl",)"
               R"("startsAt":"2027-01-17T08:00:00.000Z","endsAt":"2027-01-17T09:00:00.000Z","durationMinutes":60,)"
               R"("status":"requested","priceMinor":3500,"currency":"EUR","payment":"pending","feeMinor":0,)"
               R"("cancelFreeUntil":"2027-01-16T08:00:00.000Z","cancelFeePercent":50,)"
               R"("expiresAt":"2027-01-16T08:00:00.000Z","note":"by the window",)"
               R"("createdAt":"2027-01-15T08:00:00.000Z","version":1})");
  given<calendar>({requested()}).when(asking(), carl).nothing();
  given<calendar>({requested()}).when(asking(), mallory).refused(errc::conflict);
}

TEST_CASE("a request for soon is to be answered before it begins, and what is free costs nothing to pay") {
  auto soon = requested("bk_00000001", noon + 2h);
  given<calendar>({})
      .when(asking("bk_00000001", noon + 2h), carl)
      .then({soon})
      .sets(noon + 2h, "expiry:" + booking().text);
  auto c = asking();
  c.price_minor = 0;
  auto free = requested();
  free.price_minor = 0;
  free.payment = "none";
  given<calendar>({}).when(c, carl).then({free});
}

TEST_CASE("two bookings of one provider never overlap, whatever the service; touching is no overlap") {
  const auto g = given<calendar>({requested()});
  for (const auto shift : {-59min, -30min, 0min, 30min, 59min}) {
    auto c = asking("bk_00000002", start + shift);
    c.service = {"sv2"};
    g.when(c, mallory).refused(errc::slot_taken);
    g.when(c, carl).refused(errc::slot_taken); // a double submit without a key as well
  }
  auto around = asking("bk_00000002", start - 1h);
  around.minutes = 180;
  g.when(around, mallory).refused(errc::slot_taken);
  for (const auto shift : {-60min, 60min}) g.when(asking("bk_00000002", start + shift), mallory);
  const auto both = given<calendar>({requested(), requested("bk_00000002", start + 1h)});
  both.when(asking("bk_00000003", start + 30min), mallory).refused(errc::slot_taken);
  CHECK(both.when(asking("bk_00000003", start + 2h), mallory).decision().events.size() == 1);
}

TEST_CASE("what was declined, cancelled or expired gives its time back; what was completed early does not") {
  for (const auto* status : {"declined", "cancelled", "expired"})
    CHECK(given<calendar>({requested(), changed(requested(), status, "")})
              .when(asking("bk_00000002"), mallory)
              .decision()
              .events.size() == 1);
  given<calendar>({requested(), confirmed(), completed()})
      .when(asking("bk_00000002", start + 30min), at(mallory, start + 10min))
      .refused(errc::slot_taken);
}

TEST_CASE("a request that nobody answered in time stands in nobody's way, timer or not") {
  const auto later = noon + 24h;
  auto second = requested("bk_00000002");
  second.customer = {"mallory"};
  second.customer_name = "mallory";
  second.requested_at = later;
  second.expires_at = start;
  given<calendar>({requested()})
      .when(asking("bk_00000002"), at(mallory, later))
      .then({changed(requested(), "expired", "", 0, "nobody answered in time"), second})
      .cancels(noon + 24h, "expiry:" + booking().text);
}

TEST_CASE("a booking is refused for what cannot be booked") {
  const auto refused = [](errc code, auto change, const domain::context& by = carl) {
    auto c = asking();
    change(c);
    given<calendar>({}).when(c, by).refused(code);
  };
  refused(
      errc::unauthenticated, [](auto&) {}, nobody);
  refused(
      errc::forbidden, [](auto&) {}, pia); // one's own service
  auto guest = carl;
  guest.guest = true;
  refused(
      errc::guests_not_allowed, [](auto&) {}, guest);
  refused(errc::invalid, [](auto& c) { c.starts_at = noon; });
  refused(errc::invalid, [](auto& c) { c.starts_at = noon - 1h; });
  refused(errc::invalid, [](auto& c) { c.starts_at = noon + std::chrono::days{367}; });
  refused(errc::invalid, [](auto& c) { c.starts_at = time_point::max(); });
  refused(errc::invalid, [](auto& c) { c.minutes = 0; });
  refused(errc::invalid, [](auto& c) { c.minutes = 24 * 60 + 1; });
  refused(errc::invalid, [](auto& c) { c.note.assign(domain::booking_note_bytes_max + 1, 'x'); });
  refused(errc::invalid, [](auto& c) { c.note = "\xff"; });
  refused(errc::invalid, [](auto& c) { c.provider = {"somebody"}; });
  for (const auto* id : {"", "bk_00000001", "bk_1.pia", "rv_00000001.pia", "bk_00000001."})
    refused(errc::invalid, [&](auto& c) { c.id = {id}; });
  refused(errc::service_not_found, [](auto& c) { c.offered = false; });
  refused(errc::outside_availability, [](auto& c) { c.available = false; });
  refused(errc::wrong_currency, [](auto& c) { c.currency = "DEM"; });
}

TEST_CASE("a booking in a currency that went out of force takes every step; what is free needs no currency") {
  auto asked = requested();
  asked.currency = "DEM";
  given<calendar>({asked}).when(to("confirmed"), pia).then({changed(asked, "confirmed", "pia")});
  events::booking_settled paid{changed(asked, "completed", "pia")};
  paid.payment = "paid";
  given<calendar>({asked, changed(asked, "confirmed", "pia"), changed(asked, "completed", "pia")})
      .when(calendar::settle{booking(), "posted"}, nobody)
      .then({paid});
  auto c = asking();
  c.currency = "DEM";
  c.price_minor = 0;
  CHECK(given<calendar>({}).when(c, carl).decision().events.size() == 1);
}

TEST_CASE("one customer cannot fill a calendar, and no calendar grows without bound") {
  std::vector<calendar::event> many;
  for (std::size_t i = 0; i < domain::bookings_open_of_customer_max; ++i)
    many.emplace_back(requested("bk_" + std::to_string(10'000'000 + i), start + 1h * (i + 1)));
  const auto g = given<calendar>(many);
  g.when(asking(), carl).refused(errc::conflict);
  CHECK(g.when(asking(), mallory).decision().events.size() == 1);
}

TEST_CASE("one customer has only so many requests that wait for an answer") {
  std::vector<calendar::event> many;
  for (std::size_t i = 0; i < domain::unanswered_of_customer_max; ++i)
    many.emplace_back(requested("bk_" + std::to_string(10'000'000 + i), start + 1h * (i + 1)));
  given<calendar>(many).when(asking(), carl).refused(errc::conflict);
  CHECK(given<calendar>(many).when(asking(), mallory).decision().events.size() == 1);
  many.emplace_back(changed(requested("bk_10000000", start + 1h), "confirmed", "pia"));
  CHECK(given<calendar>(many).when(asking(), carl).decision().events.size() == 1);
}

TEST_CASE("whoever asks and cancels again and again pushes out nothing that took place") {
  calendar::state s;
  const auto early = requested("bk_00000001", noon + 1h);
  calendar::evolve(s, early, noon);
  calendar::evolve(s, changed(changed(early, "confirmed", "pia"), "completed", "pia"), noon + 3h);
  for (std::size_t i = 0; i < domain::bookings_over_kept + 10; ++i) {
    const auto b = requested("bk_" + std::to_string(10'000'000 + i), start + 1h * i);
    calendar::evolve(s, b, noon + 4h);
    calendar::evolve(s, changed(b, "cancelled", "carl"), noon + 4h);
  }
  CHECK(s.bookings.contains(booking()));
  CHECK(s.bookings.size() == domain::bookings_over_kept + 1);
}

TEST_CASE("of bookings that are over the last are kept") {
  calendar::state s;
  for (std::size_t i = 0; i < domain::bookings_over_kept + 10; ++i) {
    const auto b = requested("bk_" + std::to_string(10'000'000 + i), start + 1h * i);
    calendar::evolve(s, b, noon);
    calendar::evolve(s, changed(b, "declined", "pia"), noon);
  }
  CHECK(s.bookings.size() == domain::bookings_over_kept);
  CHECK(s.over.size() == domain::bookings_over_kept);
  CHECK(s.taken.empty());
  CHECK(calendar::restore(calendar::snapshot(s))->over == s.over);
}

TEST_CASE("the customer moves a booking while cancelling it is free; it waits for the answer again") {
  events::booking_rescheduled moved{confirmed(), "confirmed", start, {"carl"}};
  moved.starts_at = start + 24h;
  moved.ends_at = start + 25h;
  moved.status = "requested";
  moved.expires_at = noon + 24h;
  const calendar::reschedule later{booking(), start + 24h, true, {}};
  const auto g = given<calendar>({requested(), confirmed()});
  g.when(later, carl)
      .then({moved})
      .cancels(start - 24h, "reminder-1440:" + booking().text)
      .cancels(start + 25h, "completion:" + booking().text)
      .sets(noon + 24h, "expiry:" + booking().text);
  g.when(calendar::reschedule{booking(), start, true, {}}, carl).nothing();
  g.when(calendar::reschedule{booking(), start + 30min, true, {}}, carl); // over its own time: it is not in its way
  g.when(later, pia).refused(errc::forbidden);
  g.when(later, mallory).refused(errc::forbidden);
  g.when(later, at(carl, start - 24h + 1ms)).refused(errc::invalid_transition); // a fee is due: no way around it
  g.when(calendar::reschedule{booking(), start + 24h, false, {}}, carl).refused(errc::outside_availability);
  g.when(calendar::reschedule{booking(), noon, true, {}}, carl).refused(errc::invalid);
  g.when(calendar::reschedule{booking(), start + 24h, true, 1}, carl).refused(errc::precondition_failed);
  given<calendar>({requested(), confirmed(), requested("bk_00000002", start + 24h)})
      .when(later, carl)
      .refused(errc::slot_taken);
  given<calendar>({requested(), confirmed(), completed()}).when(later, carl).refused(errc::invalid_transition);
  given<calendar>({}).when(later, carl).refused(errc::booking_not_found);
}

TEST_CASE("only the two parties look at a booking") {
  const auto g = given<calendar>({requested()});
  g.when(calendar::look{booking()}, carl).nothing();
  g.when(calendar::look{booking()}, pia).nothing();
  g.when(calendar::look{booking()}, mallory).refused(errc::forbidden);
  g.when(calendar::look{booking()}, nobody).refused(errc::unauthenticated);
  g.when(calendar::look{booking("bk_00000009")}, carl).refused(errc::booking_not_found);
}

TEST_CASE("a damaged snapshot of a calendar is corrupt, never an exception") {
  check_damage<calendar>(given<calendar>({requested(), confirmed()}).state());
}
