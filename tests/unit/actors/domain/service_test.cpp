#include "actors/domain/bookings/service.hpp"
#include "actors/domain/money.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::service;

namespace {

events::service_terms haircut() {
  events::service_terms t;
  t.title = "Haircut";
  t.price_minor = 3500;
  t.currency = "EUR";
  t.duration_minutes = 45;
  t.cancel_free_hours = 24;
  return t;
}
const events::service_offered offered{haircut(), {"sv1"}, {"pia"}};
const events::availability_set weekdays{
    {"pia"},
    R"({"timeZone":"UTC","weekly":{"monday":[],"tuesday":[],"wednesday":[],"thursday":[],)"
    R"("friday":[{"from":"09:00","to":"17:00"}],"saturday":[],"sunday":[]},"exceptions":[]})"};
const auto pia = caller("pia"), carl = caller("carl"); // noon is Friday, 15 January 2027, 08:00 UTC

service::quote quote(time_point at, std::optional<std::uint32_t> minutes = {}) { return {at, minutes}; }
bool quoted_available(const std::vector<service::event>& history, time_point at,
                      std::optional<std::uint32_t> minutes = {}) {
  const auto o = given<service>(history).when(quote(at, minutes), carl).nothing();
  return nlohmann::json::parse(o.reply())["available"].get<bool>();
}

} // namespace

TEST_CASE("a service is offered once; the same again changes nothing, anything else is a conflict") {
  given<service>({})
      .when(service::offer{{"sv1"}, haircut()}, pia)
      .then({offered})
      .answers(R"({"id":"sv1","serviceId":"sv1","providerId":"pia","title":"Haircut","priceMinor":3500,)"
               R"("currency":"EUR","durationMinutes":45,"cancelFreeHours":24,"cancelFeePercent":0,"active":true,)"
               R"("createdAt":"2027-01-15T08:00:00.000Z"})");
  given<service>({offered}).when(service::offer{{"sv1"}, haircut()}, pia).nothing();
  given<service>({offered}).when(service::offer{{"sv1"}, haircut()}, carl).refused(errc::conflict);
  auto other = haircut();
  other.price_minor = 1;
  given<service>({offered}).when(service::offer{{"sv1"}, other}, pia).refused(errc::conflict);
}

TEST_CASE("a service refuses terms out of bounds, when offered and when revised") {
  const auto refused = [](auto change) {
    auto terms = haircut();
    change(terms);
    given<service>({}).when(service::offer{{"sv1"}, terms}, pia).refused(errc::invalid);
    service::revise all{terms.title,       terms.description,      terms.category,          terms.currency,
                        terms.price_minor, terms.duration_minutes, terms.cancel_free_hours, terms.cancel_fee_percent,
                        terms.active};
    given<service>({offered}).when(all, pia).refused(errc::invalid);
  };
  for (const auto* title : {"", " \n", "\xff"}) refused([&](auto& t) { t.title = title; });
  refused([](auto& t) { t.title.assign(domain::service_title_bytes_max + 1, 'x'); });
  refused([](auto& t) { t.description.assign(domain::service_description_bytes_max + 1, 'x'); });
  refused([](auto& t) { t.description = std::string{"a\0b", 3}; });
  refused([](auto& t) { t.category.assign(domain::service_category_bytes_max + 1, 'x'); });
  for (const auto* currency : {"", "eur", "EURO", "XXX", "E", "€"}) refused([&](auto& t) { t.currency = currency; });
  refused([](auto& t) { t.price_minor = domain::amount_max + 1; });
  refused([](auto& t) { t.price_minor = std::numeric_limits<std::uint64_t>::max(); });
  refused([](auto& t) { t.duration_minutes = 0; });
  refused([](auto& t) { t.duration_minutes = domain::duration_minutes_max + 1; });
  refused([](auto& t) { t.cancel_free_hours = domain::cancel_free_hours_max + 1; });
  refused([](auto& t) { t.cancel_fee_percent = 101; });
  given<service>({}).when(service::offer{{""}, haircut()}, pia).refused(errc::invalid);
  given<service>({}).when(service::offer{{"sv1"}, haircut()}, caller("")).refused(errc::unauthenticated);
  auto guest = caller("gus");
  guest.guest = true;
  given<service>({}).when(service::offer{{"sv1"}, haircut()}, guest).refused(errc::guests_not_allowed);
}

TEST_CASE("only its owner changes a service, and only while it is there") {
  service::revise dearer;
  dearer.price_minor = 4000;
  auto terms = haircut();
  terms.price_minor = 4000;
  given<service>({offered}).when(dearer, pia).then({events::service_revised{terms}});
  given<service>({offered}).when(service::revise{}, pia).nothing();
  for (const service::command& c :
       {service::command{dearer}, service::command{service::set_availability{weekdays.rules}},
        service::command{service::retire{}}}) {
    given<service>({}).when(c, pia).refused(errc::service_not_found);
    given<service>({offered}).when(c, carl).refused(errc::forbidden);
    given<service>({offered}).when(c, caller("")).refused(errc::forbidden);
    if (!std::holds_alternative<service::retire>(c))
      given<service>({offered, events::service_retired{{"pia"}}}).when(c, pia).refused(errc::service_not_found);
  }
  given<service>({offered}).when(service::retire{}, pia).then({events::service_retired{{"pia"}}});
  given<service>({offered, events::service_retired{{"pia"}}}).when(service::retire{}, pia).nothing();
}

TEST_CASE("availability is stored as it is read; the same again changes nothing") {
  const service::set_availability c{
      R"({"timeZone":"UTC","weekly":{"friday":[{"from":"09:00","to":"17:00"}]},"ignored":1})"};
  given<service>({offered}).when(c, pia).then({weekdays});
  given<service>({offered, weekdays}).when(c, pia).nothing();
  for (const auto* bad : {"", "{", "[]", R"({"timeZone":"UTC"})"})
    given<service>({offered}).when(service::set_availability{bad}, pia).refused(errc::malformed);
  given<service>({offered})
      .when(service::set_availability{R"({"timeZone":"X","weekly":{}})"}, pia)
      .refused(errc::invalid);
}

TEST_CASE("a quote tells the terms, and whether the time lies wholly in the service's hours") {
  given<service>({}).when(quote(noon + 1h), carl).refused(errc::service_not_found);
  given<service>({offered, weekdays})
      .when(quote(noon + 1h), carl)
      .nothing()
      .answers(R"({"providerId":"pia","title":"Haircut","priceMinor":3500,"currency":"EUR","durationMinutes":45,)"
               R"("cancelFreeHours":24,"cancelFeePercent":0,"offered":true,"available":true})");
  CHECK_FALSE(quoted_available({offered, weekdays}, noon + 59min));
  CHECK(quoted_available({offered, weekdays}, noon + 9h - 45min));
  CHECK_FALSE(quoted_available({offered, weekdays}, noon + 9h - 44min));
  CHECK_FALSE(quoted_available({offered, weekdays}, noon + 9h - 45min, 60)); // a booking keeps its own duration
  CHECK(quoted_available({offered}, noon + 59min));                          // never set: at any time
  CHECK_FALSE(quoted_available({offered}, noon));                            // but not now or before
  CHECK_FALSE(quoted_available({offered}, noon - 1h));
  CHECK_FALSE(quoted_available({offered}, noon + domain::booked_ahead_max + 1ms));
  CHECK_FALSE(quoted_available({offered}, time_point::max()));
}

TEST_CASE("in a time zone that is not known any more nothing is open, and other hours can be set") {
  const events::availability_set lost{
      {"pia"},
      R"({"timeZone":"Mars/Olympus","weekly":{"monday":[],"tuesday":[],"wednesday":[],"thursday":[],)"
      R"("friday":[{"from":"00:00","to":"24:00"}],"saturday":[],"sunday":[]},"exceptions":[]})"};
  CHECK_FALSE(quoted_available({offered, lost}, noon + 1h));
  const auto g = given<service>({offered, lost}); // which also survives its snapshot
  g.when(service::set_availability{lost.rules}, pia).refused(errc::invalid);
  g.when(service::set_availability{weekdays.rules}, pia).then({weekdays});
  CHECK(quoted_available({offered, lost, weekdays}, noon + 1h));
}

TEST_CASE("a price in a currency that went out of force stands until it is changed") {
  auto old = offered;
  old.currency = "DEM";
  service::revise c;
  c.title = "Trim";
  c.currency = "DEM";
  c.price_minor = 3500;
  auto renamed = haircut();
  renamed.title = "Trim";
  renamed.currency = "DEM";
  given<service>({old}).when(c, pia).then({events::service_revised{renamed}});
  c.price_minor = 3600;
  given<service>({old}).when(c, pia).refused(errc::invalid);
  c.price_minor = 3500;
  given<service>({offered}).when(c, pia).refused(errc::invalid);
  auto priceless = haircut();
  priceless.currency = "";
  priceless.price_minor = 0;
  given<service>({}).when(service::offer{{"sv1"}, priceless}, pia).refused(errc::invalid);
}

TEST_CASE("a service that is retired or resting is quoted as not offered, so that a repeat finds its first answer") {
  auto resting = haircut();
  resting.active = false;
  for (const service::event& e :
       {service::event{events::service_retired{{"pia"}}}, service::event{events::service_revised{resting}}}) {
    const auto o = given<service>({offered, e}).when(quote(noon + 1h), carl).nothing();
    CHECK_FALSE(nlohmann::json::parse(o.reply())["offered"].get<bool>());
  }
}

TEST_CASE("a damaged snapshot of a service is corrupt, never an exception") {
  check_damage<service>(given<service>({offered, weekdays}).state());
}
