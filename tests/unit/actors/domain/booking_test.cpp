// The state machine of a booking: who takes which step and when, what it costs, what time does by itself; and reviews.

#include "actors/domain/money.hpp"
#include "tests/unit/actors/domain/calendar_fixture.hpp"

#include <cmath>

using namespace parley;
using namespace parley::test;

TEST_CASE("the provider answers a request, before its time begins") {
  const auto g = given<calendar>({requested()});
  g.when(to("confirmed"), pia)
      .then({confirmed()})
      .cancels(noon + 24h, "expiry:" + booking().text)
      .sets(start - 24h, "reminder-1440:" + booking().text)
      .sets(start - 1h, "reminder-60:" + booking().text)
      .sets(start + 25h, "completion:" + booking().text)
      .timers(4);
  g.when(to("declined"), pia).then({changed(requested(), "declined", "pia")}).timers(1);
  for (const auto* status : {"confirmed", "declined"}) {
    g.when(to(status), carl).refused(errc::forbidden);
    g.when(to(status), mallory).refused(errc::forbidden);
    g.when(to(status), nobody).refused(errc::unauthenticated);
  }
  given<calendar>({}).when(to("confirmed"), pia).refused(errc::booking_not_found);
}

TEST_CASE("a reminder whose time is past is not set") {
  const auto soon = requested("bk_00000001", noon + 2h);
  given<calendar>({soon})
      .when(to("confirmed"), pia)
      .then({changed(soon, "confirmed", "pia")})
      .sets(noon + 1h, "reminder-60:" + booking().text)
      .timers(3);
}

TEST_CASE("every step that the machine does not have is refused, and every one it has is taken once") {
  struct expected {
    const char *from, *to;
    bool customer, provider;
    time_point now;
  };
  const auto before = start - 30h, during = start + 10min;
  const std::vector<expected> all{
      {"requested", "confirmed", false, true, noon},   {"requested", "declined", false, true, noon},
      {"requested", "cancelled", true, false, noon},   {"requested", "expired", false, false, noon},
      {"requested", "completed", false, false, noon},  {"requested", "no-show", false, false, noon},
      {"confirmed", "completed", false, true, during}, {"confirmed", "completed", false, false, before},
      {"confirmed", "no-show", false, true, during},   {"confirmed", "no-show", false, false, before},
      {"confirmed", "cancelled", true, true, before},  {"confirmed", "cancelled", false, true, during},
      {"confirmed", "declined", false, false, before}, {"confirmed", "requested", false, false, before},
      {"confirmed", "expired", false, false, before},
  };
  for (const auto& e : all) {
    const auto history = std::string_view{e.from} == "requested"
                             ? std::vector<calendar::event>{requested()}
                             : std::vector<calendar::event>{requested(), confirmed()};
    for (const auto& [who, may] : {std::pair{carl, e.customer}, std::pair{pia, e.provider}}) {
      INFO(e.from << " to " << e.to << " by " << who.user.text);
      const auto state = given<calendar>(history).state();
      const auto d = calendar::decide(state, to(e.to), at(who, e.now));
      REQUIRE(d.has_value() == may);
      if (may) CHECK(std::get<events::booking_changed>(d->events.at(0)).status == e.to);
    }
  }
  for (const auto* status : {"", "Confirmed", "paid"})
    given<calendar>({requested()}).when(to(status), pia).refused(errc::invalid);
  for (const auto* last : {"declined", "expired", "cancelled", "completed", "no-show"})
    for (const auto* wanted : {"confirmed", "requested"})
      given<calendar>({requested(), confirmed(), changed(confirmed(), last, "pia")})
          .when(to(wanted), at(pia, start + 10min))
          .refused(errc::invalid_transition);
}

TEST_CASE("asking again for the step that one took changes nothing") {
  given<calendar>({requested(), confirmed()}).when(to("confirmed"), pia).nothing();
  given<calendar>({requested(), confirmed(), completed()}).when(to("completed"), at(pia, start + 2h)).nothing();
  given<calendar>({requested(), confirmed()}).when(to("confirmed"), carl).refused(errc::invalid_transition);
}

TEST_CASE("a late cancellation costs the customer its share of the price, an early one and the provider's nothing") {
  const auto g = given<calendar>({requested(), confirmed()});
  const calendar::cancel c{booking(), "ill", {}};
  g.when(c, at(carl, start - 24h)).then({changed(confirmed(), "cancelled", "carl", 0, "ill")});
  g.when(c, at(carl, start - 24h + 1ms)).then({changed(confirmed(), "cancelled", "carl", 1750, "ill")});
  g.when(c, at(carl, start)).refused(errc::invalid_transition);
  g.when(c, at(pia, start - 1h)).then({changed(confirmed(), "cancelled", "pia", 0, "ill")});
  g.when(to("no-show"), at(pia, start + 30min)).then({changed(confirmed(), "no-show", "pia", 1750)});
  given<calendar>({requested()})
      .when(c, at(carl, noon + 1h))
      .then({changed(requested(), "cancelled", "carl", 0, "ill")});
  given<calendar>({requested()}).when(c, pia).then({changed(requested(), "declined", "pia", 0, "ill")});
  g.when(calendar::cancel{booking(), "\xff", {}}, carl).refused(errc::invalid);
  g.when(c, mallory).refused(errc::forbidden);
}

TEST_CASE("a fee is rounded down, for the customer, and is exact for the dearest price") {
  const auto fee = [](std::uint64_t price, std::uint32_t percent) {
    auto b = confirmed();
    b.price_minor = price;
    b.cancel_fee_percent = percent;
    return domain::stepped(b, "no-show", domain::party::provider, start).fee_minor;
  };
  CHECK(fee(199, 50) == 99);
  CHECK(fee(1, 99) == 0);
  CHECK(fee(1, 100) == 1);
  CHECK(fee(domain::amount_max, 100) == domain::amount_max);
  CHECK(fee(domain::amount_max - 1, 33) == 329'999'999'999);
}

TEST_CASE("a step may be conditioned on the booking's own version, not on the calendar's") {
  const auto g = given<calendar>({requested(), requested("bk_00000002", start + 5h)});
  auto c = to("confirmed");
  c.if_match = 2;
  g.when(c, pia).refused(errc::precondition_failed);
  c.if_match = 1;
  CHECK(g.when(c, pia).decision().events.size() == 1);
}

TEST_CASE("time expires a request, reminds, and completes what nobody said anything about") {
  const calendar::timer_fired expiry{"expiry:" + booking().text}, completion{"completion:" + booking().text};
  const auto expired = changed(requested(), "expired", "", 0, "nobody answered in time");
  given<calendar>({requested()})
      .when(expiry, at(nobody, noon + 24h))
      .then({expired})
      .cancels(noon + 24h, "expiry:" + booking().text);
  given<calendar>({requested()}).when(expiry, at(nobody, noon + 23h)).nothing();
  given<calendar>({requested(), confirmed()}).when(expiry, at(nobody, noon + 24h)).nothing();
  given<calendar>({}).when(expiry, at(nobody, noon + 24h)).nothing();
  given<calendar>({requested(), confirmed()})
      .when(completion, at(nobody, start + 25h))
      .then({changed(confirmed(), "completed", "")});
  given<calendar>({requested(), confirmed(), completed()}).when(completion, at(nobody, start + 25h)).nothing();

  const calendar::timer_fired day_before{"reminder-1440:" + booking().text};
  given<calendar>({requested(), confirmed()})
      .when(day_before, at(nobody, start - 24h))
      .then({events::booking_reminded{confirmed(), 1440}})
      .cancels(start - 24h, "reminder-1440:" + booking().text);
  given<calendar>({requested(), confirmed()}).when(day_before, at(nobody, start)).nothing(); // the server was away
  given<calendar>({requested()}).when(day_before, at(nobody, start - 24h)).nothing();
  for (const auto* what : {"", "expiry", "nonsense:bk_00000001.pia"})
    given<calendar>({requested()}).when(calendar::timer_fired{what}, at(nobody, start)).nothing();
}

TEST_CASE("an answer that comes too late expires the request and says so") {
  const auto expired = changed(requested(), "expired", "", 0, "nobody answered in time");
  for (const calendar::command& c :
       {calendar::command{to("confirmed")}, calendar::command{calendar::cancel{booking(), {}, {}}}})
    given<calendar>({requested()}).when(c, at(pia, noon + 24h)).then({expired}).and_refused(errc::invalid_transition);
}

TEST_CASE("settlement goes forward only, and is nobody's but the process's") {
  const auto step = [](std::string what) { return calendar::settle{booking(), std::move(what)}; };
  const auto settled = [](const events::booking& b, std::string payment) {
    events::booking_settled e{b};
    e.payment = std::move(payment);
    return e;
  };
  const auto held = settled(requested(), "held");
  auto kept = changed(held, "confirmed", "pia");
  given<calendar>({requested()}).when(step("held"), nobody).then({held});
  given<calendar>({requested()}).when(step("refused"), nobody).then({settled(requested(), "direct")});
  given<calendar>({requested(), held}).when(step("held"), nobody).nothing();
  given<calendar>({requested(), held}).when(step("refused"), nobody).nothing(); // a later step was refused
  const auto done = changed(kept, "completed", "pia"), away = changed(kept, "no-show", "pia", 1750);
  given<calendar>({requested(), held, kept, done}).when(step("posted"), nobody).then({settled(done, "paid")});
  given<calendar>({requested(), held, kept, away}).when(step("posted"), nobody).then({settled(away, "fee")});
  const auto off = changed(held, "declined", "pia");
  given<calendar>({requested(), held, off}).when(step("voided"), nobody).then({settled(off, "refunded")});
  given<calendar>({requested(), held, off, settled(off, "refunded")}).when(step("posted"), nobody).nothing();
  given<calendar>({requested()}).when(step("held"), carl).refused(errc::forbidden);
  given<calendar>({requested()}).when(step("rich"), nobody).nothing();
  given<calendar>({}).when(step("held"), nobody).nothing();
  auto free = requested();
  free.payment = "none";
  given<calendar>({free}).when(step("held"), nobody).nothing();
}

TEST_CASE("where a party is goes to the other, around the time of a confirmed booking, and is not kept") {
  const auto here = [](double lat, double lng) { return calendar::share_location{booking(), lat, lng}; };
  const auto g = given<calendar>({requested(), confirmed()});
  const auto o = g.when(here(52.5, -13.25), at(caller("carl", "s1"), start));
  o.nothing().answers(R"({"bookingId":"bk_00000001.pia"})");
  REQUIRE(o.decision().remote_signals.size() == 1);
  const auto& sent = o.decision().remote_signals[0];
  CHECK(sent.topic.text == "inbox/pia");
  const auto& told = std::get<domain::booking_signal>(sent.what);
  CHECK(told.session.text == "s1");
  CHECK(told.body == R"({"bookingId":"bk_00000001.pia","userId":"carl","latitude":52.5,"lat":52.5,)"
                     R"("longitude":-13.25,"lng":-13.25,"timestamp":"2027-01-17T08:00:00.000Z"})");
  CHECK(g.when(here(0, 0), at(pia, start - 2h)).decision().remote_signals.at(0).topic.text == "inbox/carl");
  g.when(here(0, 0), at(carl, start - 2h - 1ms)).refused(errc::invalid_transition);
  g.when(here(0, 0), at(carl, start + 2h + 1ms)).refused(errc::invalid_transition);
  g.when(here(0, 0), at(mallory, start)).refused(errc::forbidden);
  for (const auto bad : {90.1, -90.1, std::nan(""), 1e308})
    g.when(here(bad, 0), at(carl, start)).refused(errc::invalid);
  for (const auto bad : {180.1, -180.1, std::nan("")}) g.when(here(0, bad), at(carl, start)).refused(errc::invalid);
  given<calendar>({requested()}).when(here(0, 0), at(carl, noon + 23h)).refused(errc::invalid_transition);
  given<calendar>({}).when(here(0, 0), carl).refused(errc::booking_not_found);
}

TEST_CASE("a request is told to the provider, a step and a time that is taken or given back to both, on all devices") {
  const auto topics = [](const auto& outcome) {
    std::vector<std::string> all;
    for (const auto& s : outcome.decision().remote_signals) {
      const auto what = std::get<domain::booking_signal>(s.what).what;
      all.push_back(s.topic.text + (what == domain::booking_news::requested        ? " new"
                                    : what == domain::booking_news::status_changed ? " status"
                                                                                   : " availability"));
    }
    return all;
  };
  using all = std::vector<std::string>;
  CHECK(topics(given<calendar>({}).when(asking(), carl)) ==
        all{"inbox/pia new", "inbox/pia availability", "inbox/carl availability"});
  CHECK(topics(given<calendar>({requested()}).when(to("confirmed"), pia)) ==
        all{"inbox/pia status", "inbox/carl status"});
  CHECK(topics(given<calendar>({requested()}).when(to("declined"), pia)) ==
        all{"inbox/pia status", "inbox/carl status", "inbox/pia availability", "inbox/carl availability"});
}

TEST_CASE("the customer of a completed booking reviews it once") {
  const calendar::write_review good{booking(), 5, "Wie neu."};
  const events::review_written written{{"rv_00000001.pia"}, booking(), {"sv1"}, {"pia"}, {"carl"}, 5, "carl",
                                       "Wie neu."};
  const std::vector<calendar::event> done{requested(), confirmed(), completed()};
  const auto after = at(carl, start + 2h);
  given<calendar>(done)
      .when(good, after)
      .then({written})
      .answers(R"({"id":"rv_00000001.pia","bookingId":"bk_00000001.pia","serviceId":"sv1","providerId":"pia",)"
               R"("customerId":"carl","customerName":"carl","rating":5,"comment":"Wie neu.",)"
               R"("createdAt":"2027-01-17T10:00:00.000Z"})");
  given<calendar>(done).when(good, at(pia, start + 2h)).refused(errc::forbidden); // oneself
  given<calendar>(done).when(good, at(mallory, start + 2h)).refused(errc::forbidden);
  given<calendar>({requested(), confirmed()}).when(good, after).refused(errc::invalid_transition);
  for (const std::uint32_t rating : {0u, 6u, 4'000'000'000u})
    given<calendar>(done).when(calendar::write_review{booking(), rating, {}}, after).refused(errc::invalid);
  given<calendar>(done)
      .when(calendar::write_review{booking(), 5, std::string(domain::review_comment_bytes_max + 1, 'x')}, after)
      .refused(errc::invalid);
  given<calendar>(done)
      .when(good, at(carl, start + 1h + domain::review_window + 1ms))
      .refused(errc::invalid_transition);
  auto reviewed = done;
  reviewed.emplace_back(written);
  given<calendar>(reviewed).when(good, after).refused(errc::already_reviewed);
  given<calendar>({}).when(good, after).refused(errc::booking_not_found);

  const calendar::reply_to_review thanks{{"rv_00000001.pia"}, "Danke"};
  const events::review_replied replied{{"rv_00000001.pia"}, booking(), {"sv1"}, {"pia"}, {"carl"}, "Danke"};
  given<calendar>(reviewed).when(thanks, pia).then({replied});
  given<calendar>(reviewed).when(thanks, carl).refused(errc::forbidden);
  given<calendar>(reviewed).when(thanks, mallory).refused(errc::forbidden);
  given<calendar>(reviewed).when(calendar::reply_to_review{{"rv_00000001.pia"}, ""}, pia).refused(errc::invalid);
  given<calendar>(done).when(thanks, pia).refused(errc::review_not_found);
  given<calendar>({}).when(thanks, pia).refused(errc::review_not_found);
  reviewed.emplace_back(replied);
  given<calendar>(reviewed).when(thanks, pia).refused(errc::conflict);
}

TEST_CASE("a booking's id leads to its provider, a review's to its booking") {
  CHECK(domain::provider_of({"bk_3kTa9QxZb2Lm7Rw0Vc5YpE.u_1"}) == user_id{"u_1"});
  for (const auto* id : {"", ".", "bk_.u_1", "bk_3kTa9QxZb2", "rv_3kTa9QxZb2.u_1", "bk_3kTa9QxZb2."})
    CHECK(domain::provider_of({id}).empty());
  CHECK(domain::provider_of({"bk_00000001." + std::string(300, 'x')}).empty());
  CHECK(domain::review_of(booking()) == review_id{"rv_00000001.pia"});
  CHECK(domain::reviewed_by({"rv_00000001.pia"}) == booking());
  CHECK(domain::reviewed_by({"bk_00000001.pia"}).empty());
}

TEST_CASE("an id that could name a conversation of two people is no booking's") {
  CHECK(domain::provider_of({"bk_00000001.pia"}).text == "pia");
  CHECK(domain::provider_of({"bk_00000001.x~u_eve"}).empty());
}
