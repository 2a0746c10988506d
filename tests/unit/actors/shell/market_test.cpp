// A purchase, from the listing over the ledger and back, and what becomes of it when the server dies in between.

#include "tests/support/log/books.hpp"
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::ledger;
using domain::listing;

namespace {

const stream_id lamp{"listing/ls1"};
const listing::create lamps{{"ls1"}, "Lamp", "Bright.", 400, "EUR", 3};

ledger::transfer deposit(const std::string& user, std::uint64_t amount, const std::string& id) {
  return {{"deposit:" + id}, "EUR", {domain::world, domain::wallet_of({user}), amount, "deposit:" + id}};
}
listing::purchase buying(const std::string& id, std::uint64_t quantity = 1) {
  return {{"ls1." + id}, quantity, {}, {}};
}
std::string status_of(const outcome_slot& o) {
  return is_ok(o) ? nlohmann::json::parse((**o)->body).at("status").get<std::string>() : "refused";
}

/// A world that has what a market needs: ben has 1000, ann sells lamps at 400.
void open_market(actor_world& world) {
  world.ask<ledger>(eur, deposit("ben", 1000, "d1"), caller("op"));
  world.ask<listing>(lamp, lamps, caller("ann"));
  world.settle();
}

} // namespace

TEST_CASE("a purchase is paid in the ledger, and then completed") {
  memory_log log;
  actor_world world{log};
  open_market(world);
  const auto bought = world.ask<listing>(lamp, buying("p1", 2), caller("ben"));
  world.settle();
  CHECK(status_of(bought) == "pending");
  CHECK(balance(log, "ben") == 200);
  CHECK(balance(log, "ann") == 800);
  CHECK(count(log, lamp, "purchase-completed") == 1);
  CHECK(fold<listing>(log, lamp).stock == 1);
  CHECK(count(log, {"inbox/ann"}, "notified") == 1); // the seller is told
}

TEST_CASE("a purchase nobody can pay fails, and its stock is back") {
  memory_log log;
  actor_world world{log};
  open_market(world);
  world.ask<listing>(lamp, buying("p1", 3), caller("ben"));
  world.settle();
  CHECK(balance(log, "ben") == 1000);
  CHECK(count(log, eur, "transfer-refused") == 1);
  const auto asked = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p1"}}, caller("ben"));
  world.settle();
  CHECK(status_of(asked) == "failed");
  CHECK((**asked)->body.find("insufficient_funds") != std::string::npos);
  CHECK(fold<listing>(log, lamp).stock == 3);
}

TEST_CASE("who waits for a purchase is answered as it ends, or after a while as it stands") {
  memory_log log;
  actor_world world{log};
  open_market(world);
  world.ask<listing>(lamp, buying("p1"), caller("ben"));
  const auto told = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p1"}, true}, caller("ben"));
  const auto too = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p1"}, true}, caller("ben"));
  world.settle();
  CHECK(status_of(told) == "completed");
  CHECK(status_of(too) == "completed");
  const auto later = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p1"}, true}, caller("ben"));
  world.settle();
  CHECK(status_of(later) == "completed");
  const auto nothing = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p2"}, true}, caller("ben"));
  world.settle();
  CHECK(is_refused(nothing, errc::not_found));
}

TEST_CASE("a ledger that cannot be reached leaves a purchase pending, and its buyer is told so in time") {
  memory_log log;
  actor_world world{log};
  open_market(world);
  world.log().fail_reads(true); // neither the follower nor the ledger's shell can read
  const auto bought = world.ask<listing>(lamp, buying("p1"), caller("ben"));
  world.settle();
  CHECK(status_of(bought) == "pending");
  const auto told = world.ask<listing>(lamp, listing::read_purchase{{"ls1.p1"}, true}, caller("ben"));
  world.settle();
  CHECK(is_open(told));
  world.pass(2001ms);
  CHECK(status_of(told) == "pending");
  world.log().fail_reads(false);
  world.pass(5s);
  CHECK(balance(log, "ben") == 600);
}

TEST_CASE("what a transfer's id was used for is known after a restart, from its claim") {
  memory_log log;
  {
    actor_world world{log};
    open_market(world);
  }
  write_snapshot(log, eur, ledger::snapshot_schema, ledger::snapshot(fold<ledger>(log, eur)));
  actor_world world{log};
  const auto before = log.head();
  const auto again = world.ask<ledger>(eur, deposit("ben", 1000, "d1"), caller("op"));
  const auto other = world.ask<ledger>(eur, deposit("ben", 1001, "d1"), caller("op"));
  auto dollars = deposit("ben", 1000, "d1");
  dollars.currency = "USD";
  const auto elsewhere = world.ask<ledger>(domain::ledger_of("USD"), dollars, caller("op"));
  world.settle();
  CHECK(status_of(again) == "posted");
  CHECK(is_refused(other, errc::conflict));
  CHECK(is_refused(elsewhere, errc::conflict));
  CHECK(log.head() == before);
}

TEST_CASE("two ledgers given one id at one moment: the claim lets one have it, and the other can be asked again") {
  memory_log log;
  actor_world world{log};
  auto dollars = deposit("ben", 1000, "d1");
  dollars.currency = "USD";
  const auto first = world.ask<ledger>(eur, deposit("ben", 1000, "d1"), caller("op"));
  const auto second = world.ask<ledger>(domain::ledger_of("USD"), dollars, caller("op"));
  world.settle();
  CHECK(is_ok(first) != is_ok(second));
  const auto again = world.ask<ledger>(is_ok(first) ? domain::ledger_of("USD") : eur,
                                       is_ok(first) ? dollars : deposit("ben", 1000, "d1"), caller("op"));
  world.settle();
  CHECK(is_refused(again, errc::conflict));
}

TEST_CASE("a hold expires when its time is over, also when the server was down then") {
  memory_log log;
  {
    actor_world world{log};
    open_market(world);
    ledger::hold c{{"booking:b1"}, "EUR", {domain::wallet_of({"ben"}), domain::fees, 700, "booking:b1"}};
    c.expires_at = world.now() + 1h;
    world.ask<ledger>(eur, c, caller("ben"));
    world.settle();
    CHECK(fold<ledger>(log, eur).holds.size() == 1);
  }
  actor_world::options later;
  later.start += 2h;
  actor_world world{log, later};
  world.pass(1s);
  CHECK(count(log, eur, "hold-expired") == 1);
  CHECK(fold<ledger>(log, eur).holds.empty());
}

TEST_CASE("wherever the server dies, money is conserved and each purchase ends once, paid or with its stock back") {
  for (std::size_t dies_after = 0; dies_after < 60; ++dies_after) {
    INFO("dies after " << dies_after << " steps");
    memory_log log;
    {
      actor_world world{log};
      open_market(world);
      world.ask<listing>(lamp, buying("p1"), caller("ben"));
      world.ask<listing>(lamp, buying("p2", 2), caller("ben"));
      seeded random{dies_after};
      for (std::size_t i = 0; i < dies_after && world.one_of_all(random); ++i) {
      }
    }
    actor_world world{log};
    world.pass(3s);
    const auto books = fold<ledger>(log, eur);
    const auto offer = fold<listing>(log, lamp);
    CHECK(books.sum == 0);
    CHECK(offer.open.empty());
    const auto requested = count(log, lamp, "purchase-requested"), paid = count(log, lamp, "purchase-completed");
    CHECK(requested == paid + count(log, lamp, "purchase-failed"));
    CHECK(count(log, eur, "transferred") == paid + 1); // and the deposit
    CHECK(balance(log, "ann") == static_cast<std::int64_t>((3 - offer.stock) * 400));
    CHECK(balance(log, "ann") + balance(log, "ben") == 1000);
  }
}
