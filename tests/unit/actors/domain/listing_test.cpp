#include "actors/domain/market/listing.hpp"
#include "actors/domain/money.hpp"
#include "tests/support/given_when_then.hpp"

#include <limits>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::listing;

namespace {

const listing::create lamp{{"ls1"}, "Lamp", "Bright.\nOld.", 1250, "EUR", 3};
const events::listing_created created{{"ls1"}, {"ann"}, "Lamp", "Bright.\nOld.", 1250, "EUR", 3};
const listing::purchase buy{{"ls1.p1"}, 2, {}, {}};
const events::purchase_requested requested{{"ls1.p1"}, {"bob"}, {"ann"}, 2, 1250, 2500, "EUR"};
const events::purchase_completed completed{{"ls1.p1"}, {"bob"}, {"ann"}, 2, 2500, "EUR"};
const events::purchase_failed failed{{"ls1.p1"}, {"bob"}, 2, "insufficient_funds"};
const auto ann = caller("ann"), bob = caller("bob"), system_itself = caller("");

listing::change change() { return {}; }

} // namespace

TEST_CASE("a listing is created once; the same again changes nothing, anything else is a conflict") {
  given<listing>({}).when(lamp, ann).then({created}).answers(
      R"({"id":"ls1","listingId":"ls1","title":"Lamp","description":"Bright.\nOld.","priceMinor":1250,)"
      R"("currency":"EUR","stock":3,"inStock":true,"sellerId":"ann","status":"open",)"
      R"("createdAt":"2027-01-15T08:00:00.000Z","updatedAt":"2027-01-15T08:00:00.000Z"})");
  given<listing>({created}).when(lamp, ann).nothing();
  given<listing>({created}).when(lamp, bob).refused(errc::conflict);
  auto other = lamp;
  other.price = 1;
  given<listing>({created}).when(other, ann).refused(errc::conflict);
}

TEST_CASE("a listing refuses to be created out of bounds") {
  const auto refused = [](auto alter, errc code) {
    auto c = lamp;
    alter(c);
    given<listing>({}).when(c, ann).refused(code);
  };
  given<listing>({}).when(lamp, system_itself).refused(errc::unauthenticated);
  refused([](auto& c) { c.id = {""}; }, errc::invalid);
  refused([](auto& c) { c.id = {"a.b"}; }, errc::invalid);
  refused([](auto& c) { c.title = " \n"; }, errc::invalid);
  refused([](auto& c) { c.title = std::string(201, 'x'); }, errc::invalid);
  refused([](auto& c) { c.description = std::string(16 * 1024 + 1, 'x'); }, errc::too_large);
  refused([](auto& c) { c.description = "\xff"; }, errc::invalid);
  refused([](auto& c) { c.description = std::string(1, '\0'); }, errc::invalid);
  refused([](auto& c) { c.price = 0; }, errc::invalid);
  refused([](auto& c) { c.price = domain::amount_max + 1; }, errc::invalid);
  refused([](auto& c) { c.currency = "eur"; }, errc::wrong_currency);
  refused([](auto& c) { c.stock = domain::stock_max + 1; }, errc::invalid);
}

TEST_CASE("a seller changes what is given and nothing else; nobody else does") {
  auto c = change();
  c.price = 999;
  c.title = " Lamp  ";
  events::listing_changed cheaper;
  cheaper.price = 999;
  const auto o = given<listing>({created}).when(c, caller("ann", "", noon + 1min)).then({cheaper});
  CHECK(o.after().price == 999);
  CHECK(o.after().stock == 3);
  CHECK(o.after().changed_at == noon + 1min);
  given<listing>({created, cheaper}).when(c, ann).nothing();
  given<listing>({created}).when(c, bob).refused(errc::forbidden);
  given<listing>({created}).when(c, system_itself).refused(errc::unauthenticated);
  given<listing>({}).when(c, ann).refused(errc::listing_not_found);
  given<listing>({created, events::listing_closed{{"ann"}}}).when(c, ann).refused(errc::listing_closed);
}

TEST_CASE("a change out of bounds is refused") {
  const auto refused = [](auto alter, errc code) {
    auto c = change();
    alter(c);
    given<listing>({created}).when(c, ann).refused(code);
  };
  refused([](auto& c) { c.title = ""; }, errc::invalid);
  refused([](auto& c) { c.price = 0; }, errc::invalid);
  refused([](auto& c) { c.currency = "XYZ"; }, errc::wrong_currency);
  refused([](auto& c) { c.stock = domain::stock_max + 1; }, errc::invalid);
  refused([](auto& c) { c.description = "\xc0"; }, errc::invalid);
}

TEST_CASE("a stock that is changed by so many keeps what buyers took meanwhile") {
  const auto by = [](std::int64_t delta) {
    auto c = change();
    c.stock_delta = delta;
    return c;
  };
  const auto stock = [](std::uint64_t n) {
    events::listing_changed e;
    e.stock = n;
    return e;
  };
  const auto sold_two = given<listing>({created, requested});
  sold_two.when(by(10), ann).then({stock(11)});
  sold_two.when(by(-1), ann).then({stock(0)});
  sold_two.when(by(-2), ann).refused(errc::out_of_stock);
  sold_two.when(by(0), ann).nothing();
  sold_two.when(by(1), bob).refused(errc::forbidden);
  const auto most = static_cast<std::int64_t>(domain::stock_max);
  sold_two.when(by(most - 1), ann).then({stock(domain::stock_max)});
  for (const auto delta :
       {most, most + 1, -most - 1, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    sold_two.when(by(delta), ann).refused(errc::invalid);
  auto both = by(1);
  both.stock = 5;
  sold_two.when(both, ann).refused(errc::malformed);
  given<listing>({created, events::listing_closed{{"ann"}}}).when(by(1), ann).refused(errc::listing_closed);
}

TEST_CASE("an offer in a currency that went out of force sells nothing, is changed but for its price, and ends") {
  auto old = created;
  old.currency = "DEM";
  const auto g = given<listing>({old});
  g.when(buy, bob).refused(errc::wrong_currency);
  auto c = change();
  c.title = "Old lamp";
  c.price = 1250;
  c.currency = "DEM"; // as a form sends it back
  events::listing_changed renamed;
  renamed.title = "Old lamp";
  g.when(c, ann).then({renamed});
  c.price = 1300;
  g.when(c, ann).refused(errc::wrong_currency);
  c.currency = "EUR";
  renamed.price = 1300;
  renamed.currency = "EUR";
  g.when(c, ann).then({renamed});
  auto asked = requested;
  asked.currency = "DEM";
  auto paid = completed;
  paid.currency = "DEM";
  const auto under_way = given<listing>({old, asked});
  under_way.when(listing::complete_purchase{{"ls1.p1"}}, system_itself).then({paid});
  under_way.when(listing::fail_purchase{{"ls1.p1"}, "insufficient_funds"}, system_itself).then({failed});
  under_way.when(listing::close{}, ann).then({events::listing_closed{{"ann"}}});
}

TEST_CASE("a listing is closed once, by its seller") {
  given<listing>({created}).when(listing::close{}, ann).then({events::listing_closed{{"ann"}}});
  given<listing>({created, events::listing_closed{{"ann"}}}).when(listing::close{}, ann).nothing();
  given<listing>({created}).when(listing::close{}, bob).refused(errc::forbidden);
  given<listing>({}).when(listing::close{}, ann).refused(errc::listing_not_found);
}

TEST_CASE("a purchase reserves its stock until it is paid") {
  const auto o = given<listing>({created}).when(buy, bob).then({requested});
  CHECK(o.after().stock == 1);
  o.answers(R"({"id":"ls1.p1","purchaseId":"ls1.p1","listingId":"ls1","buyerId":"bob","sellerId":"ann","quantity":2,)"
            R"("amountMinor":2500,"currency":"EUR","status":"pending"})");
  given<listing>({created, requested}).when(buy, bob).nothing().answers(o.reply());
  given<listing>({created, requested}).when(listing::purchase{{"ls1.p2"}, 2, {}, {}}, bob).refused(errc::out_of_stock);
  given<listing>({created, requested}).when(buy, caller("eve")).refused(errc::conflict);
}

TEST_CASE("a paid purchase keeps its stock, a failed one gives it back; each ends once") {
  const auto under_way = given<listing>({created, requested});
  const auto paid = under_way.when(listing::complete_purchase{{"ls1.p1"}}, system_itself).then({completed});
  CHECK(paid.after().stock == 1);
  const auto unpaid =
      under_way.when(listing::fail_purchase{{"ls1.p1"}, "insufficient_funds"}, system_itself).then({failed});
  CHECK(unpaid.after().stock == 3);
  for (const auto& end : {listing::event{completed}, listing::event{failed}}) {
    const auto over = given<listing>({created, requested, end});
    over.when(listing::complete_purchase{{"ls1.p1"}}, system_itself).nothing();
    over.when(listing::fail_purchase{{"ls1.p1"}, "conflict"}, system_itself).nothing();
    over.when(buy, bob).nothing();
    over.when(buy, caller("eve")).refused(errc::conflict);
  }
  given<listing>({created}).when(listing::complete_purchase{{"ls1.p1"}}, system_itself).nothing();
}

TEST_CASE("how a purchase stands can be asked") {
  const listing::read_purchase ask{{"ls1.p1"}};
  const std::string purchase =
      R"({"id":"ls1.p1","purchaseId":"ls1.p1","listingId":"ls1","buyerId":"bob","sellerId":"ann","quantity":2,)"
      R"("amountMinor":2500,"currency":"EUR",)";
  given<listing>({created}).when(ask, bob).refused(errc::not_found);
  given<listing>({created, requested}).when(ask, bob).nothing().answers(purchase + R"("status":"pending"})");
  given<listing>({created, requested, completed}).when(ask, bob).answers(purchase + R"("status":"completed"})");
  given<listing>({created, requested, failed})
      .when(ask, bob)
      .answers(purchase + R"("status":"failed","code":"insufficient_funds"})");
}

TEST_CASE("a purchase that cannot be is refused before anything is reserved") {
  const auto g = given<listing>({created});
  given<listing>({}).when(buy, bob).refused(errc::listing_not_found);
  given<listing>({created, events::listing_closed{{"ann"}}}).when(buy, bob).refused(errc::listing_closed);
  g.when(buy, system_itself).refused(errc::unauthenticated);
  g.when(buy, ann).refused(errc::own_listing);
  g.when(listing::purchase{{"ls1.p1"}, 0, {}, {}}, bob).refused(errc::invalid);
  g.when(listing::purchase{{"ls1.p1"}, 4, {}, {}}, bob).refused(errc::out_of_stock);
  g.when(listing::purchase{{"ls1.p1"}, std::uint64_t(-1), {}, {}}, bob).refused(errc::invalid);
  g.when(listing::purchase{{"ls1.p1"}, 1, 1249, {}}, bob).refused(errc::conflict);
  g.when(listing::purchase{{"ls1.p1"}, 1, {}, "USD"}, bob).refused(errc::wrong_currency);
  for (const auto* id : {"", "p1", "ls1", "ls1.", ".p1", "ls2.p1"})
    g.when(listing::purchase{{id}, 1, {}, {}}, bob).refused(errc::invalid);
  g.when(listing::purchase{{"ls1.p1"}, 1, 1250, "EUR"}, bob)
      .then({events::purchase_requested{{"ls1.p1"}, {"bob"}, {"ann"}, 1, 1250, 1250, "EUR"}});
}

TEST_CASE("no purchase costs more than can be paid at once") {
  auto dear = created;
  dear.price = domain::amount_max;
  const auto g = given<listing>({dear});
  g.when(listing::purchase{{"ls1.p1"}, 2, {}, {}}, bob).refused(errc::invalid);
  CHECK(g.when(listing::purchase{{"ls1.p1"}, 1, {}, {}}, bob).decision().events.size() == 1);
}

TEST_CASE("a closed listing ends the purchases under way as they would have") {
  const auto g = given<listing>({created, requested, events::listing_closed{{"ann"}}});
  g.when(listing::complete_purchase{{"ls1.p1"}}, system_itself).then({completed});
}

TEST_CASE("purchases keep the price they were asked for") {
  events::listing_changed dearer;
  dearer.price = 9999;
  dearer.currency = "USD";
  given<listing>({created, requested, dearer})
      .when(listing::complete_purchase{{"ls1.p1"}}, system_itself)
      .then({completed});
}

TEST_CASE("a listing with too many purchases under way asks to come back") {
  auto s = given<listing>({created}).state();
  for (std::size_t i = 0; i < domain::purchases_open_max; ++i) s.open[{"ls1.x" + std::to_string(i)}] = {};
  CHECK(listing::decide(s, buy, bob).error().code == errc::unavailable);
}

TEST_CASE("a damaged snapshot of a listing is corrupt, never an exception") {
  check_damage<listing>(given<listing>({created, requested}).state());
}
