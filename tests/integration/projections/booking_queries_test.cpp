// The questions about services, bookings and reviews, over PostgreSQL.

#include "projections/queries/booking_queries.hpp"
#include "tests/integration/projections/asker.hpp"
#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

struct asker : asker_of<booking_queries> {
  asker(const std::string& url, projection_progress& progress)
    : asker_of{questions_to(url), progress} {}

  template <class T, class Ask>
  T wait(Ask question) {
    return answer_to_good<T>(std::move(question));
  }
  std::vector<std::string> services(const service_filter& f) {
    std::vector<std::string> ids;
    for (const auto& row : all<service_row>(2, [&](auto p, auto done) { models.services(f, p, 0, std::move(done)); }))
      ids.push_back(row.id.text);
    return ids;
  }
  std::vector<std::string> bookings(const booking_filter& f) {
    std::vector<std::string> ids;
    for (const auto& row : all<booking_row>(1, [&](auto p, auto done) { models.bookings(f, p, 0, std::move(done)); }))
      ids.push_back(row.booking.id.text);
    return ids;
  }
};

events::service_offered service(std::string id, std::string owner, std::string title, std::uint64_t price) {
  events::service_offered e;
  e.service = {std::move(id)};
  e.owner = {std::move(owner)};
  e.title = std::move(title);
  e.description = "Über alles";
  e.category = "hair";
  e.price_minor = price;
  e.currency = "EUR";
  e.duration_minutes = 30;
  return e;
}

events::booking booking(std::string id, std::string customer, time_point starts_at, std::string status) {
  events::booking b;
  b.id = {std::move(id)};
  b.provider = {"pia"};
  b.customer = {std::move(customer)};
  b.service = {"sv1"};
  b.title = "Haircut";
  b.starts_at = starts_at;
  b.ends_at = starts_at + 1h;
  b.price_minor = 3500;
  b.currency = "EUR";
  b.status = std::move(status);
  b.payment = "pending";
  b.requested_at = noon;
  b.note = "by the window";
  return b;
}

using ids = std::vector<std::string>;

} // namespace

TEST_CASE("services, bookings and reviews are found by what is asked for") {
  test_database database;
  story s;
  const auto tell_service = [&](const std::string& id, const events::service_event& e) {
    return s.tell(make_stream("service", id), e);
  };
  const auto tell = [&](const events::calendar_event& e) { return s.tell(make_stream("calendar", "pia"), e); };
  tell_service("sv1", service("sv1", "pia", "Haircut", 3500));
  tell_service("sv2", service("sv2", "pia", "Massage", 9000));
  tell_service("sv3", service("sv3", "olga", "Hair dye", 5000));
  tell_service("sv4", service("sv4", "olga", "Gone", 5000));
  tell_service("sv4", events::service_retired{{"olga"}});
  auto resting = service("sv2", "pia", "Massage", 9000);
  resting.active = false;
  tell_service("sv2", events::service_revised{resting});
  tell_service("sv1", events::availability_set{{"pia"}, R"({"timeZone":"UTC"})"});
  tell(events::booking_requested{booking("bk_1", "carl", noon + 48h, "requested")});
  tell(events::booking_requested{booking("bk_2", "dora", noon + 50h, "requested")});
  tell(events::booking_requested{booking("bk_3", "carl", noon + 24h, "requested")});
  tell(events::booking_changed{booking("bk_3", "carl", noon + 24h, "declined"), "requested", {"pia"}, "no"});
  tell(events::review_written{{"rv_1"}, {"bk_1"}, {"sv1"}, {"pia"}, {"carl"}, 5, "Carl", "Good"});
  tell(events::review_written{{"rv_2"}, {"bk_2"}, {"sv1"}, {"pia"}, {"dora"}, 4, "Dora", ""});
  const auto last = tell(events::review_replied{{"rv_1"}, {"bk_1"}, {"sv1"}, {"pia"}, {"carl"}, "Thanks"});
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  asker a{database.url(), p.progress};

  // Services: newest first, page by page; a resting one for its owner only, a retired one for nobody.
  service_filter f;
  CHECK(a.services(f) == ids{"sv3", "sv1"});
  f.caller = {"pia"};
  CHECK(a.services(f) == ids{"sv3", "sv2", "sv1"});
  f.search = "HAIR";
  f.provider = {"pia"};
  CHECK(a.services(f) == ids{"sv2", "sv1"}); // by their category, too
  f.search = "ÜBER";
  f.price_min = 3000;
  f.price_max = 4000;
  CHECK(a.services(f) == ids{"sv1"});
  f.currency = "USD";
  CHECK(a.services(f).empty());
  const auto row = a.wait<std::optional<service_row>>([&](auto done) { a.models.service({"sv1"}, 0, done); }).value();
  CHECK(row.terms == static_cast<const events::service_terms&>(service("sv1", "pia", "Haircut", 3500)));
  CHECK(row.rating_sum == 9);
  CHECK(row.rating_count == 2);
  CHECK(row.availability == R"({"timeZone":"UTC"})");
  CHECK(row.version == 2);
  CHECK(a.wait<std::optional<service_row>>([&](auto done) { a.models.service({"sv4"}, 0, done); })->retired);

  // Bookings: by start, of one party.
  booking_filter b;
  b.party = {"pia"};
  CHECK(a.bookings(b) == ids{"bk_3", "bk_1", "bk_2"});
  b.latest_first = true;
  CHECK(a.bookings(b) == ids{"bk_2", "bk_1", "bk_3"});
  b.status = "requested";
  b.to = noon + 50h;
  CHECK(a.bookings(b) == ids{"bk_1"});
  b.as_provider = false;
  CHECK(a.bookings(b).empty());
  b = {};
  b.party = {"carl"};
  b.from = noon + 48h;
  CHECK(a.bookings(b) == ids{"bk_1"});
  const auto kept = a.wait<std::optional<booking_row>>([&](auto done) { a.models.booking({"bk_3"}, 0, done); }).value();
  CHECK(kept.booking == booking("bk_3", "carl", noon + 24h, "declined"));
  CHECK(kept.version == 4);

  const auto taken = a.wait<std::vector<taken_row>>(
      [&](auto done) { a.models.taken({"pia"}, noon + 48h + 30min, noon + 50h + 1ms, 0, std::move(done)); });
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].from == noon + 48h);
  CHECK(taken[1].to == noon + 51h);
  CHECK(a.wait<std::vector<taken_row>>([&](auto done) {
           a.models.taken({"pia"}, noon, noon + 48h, 0, std::move(done));
         }).empty());

  const auto reviews = a.wait<page<review_row>>([&](auto done) { a.models.reviews({"sv1"}, {}, {}, 0, done); });
  REQUIRE(reviews.rows.size() == 2);
  CHECK(reviews.rows[0].id.text == "rv_2");
  CHECK(reviews.rows[1].reply == "Thanks");
  CHECK(a.wait<page<review_row>>([&](auto done) { a.models.reviews({}, {"olga"}, {}, 0, done); }).rows.empty());
}

} // namespace parley::test
