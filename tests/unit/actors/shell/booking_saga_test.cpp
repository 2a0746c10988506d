// Bookings and the money that is held for them, over two actors and the process between them, and what becomes of both
// when the server dies in between. What each event asks for is in booking_settlement_test.cpp.

#include "tests/support/log/books.hpp"
#include "tests/unit/actors/domain/calendar_fixture.hpp"
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

using namespace parley;
using namespace parley::test;
using domain::ledger;

namespace {

const stream_id pias{"calendar/pia"};
const std::string_view kept = "bk_00000001", late = "bk_00000002", unwanted = "bk_00000003", early = "bk_00000004";

calendar::change becomes(std::string_view name, std::string status) {
  return {booking(name), std::move(status), {}, {}};
}

/// What carl and pia do, one after another. Who is not answered does it again.
const std::vector<std::function<outcome_slot(actor_world&)>> deeds{
    [](actor_world& w) { return w.ask<calendar>(pias, asking(kept, noon + 1min), carl); },
    [](actor_world& w) { return w.ask<calendar>(pias, asking(late, noon + 2h), carl); },
    [](actor_world& w) { return w.ask<calendar>(pias, asking(unwanted, noon + 4h), carl); },
    [](actor_world& w) { return w.ask<calendar>(pias, asking(early, start), carl); },
    [](actor_world& w) { return w.ask<calendar>(pias, becomes(kept, "confirmed"), pia); },
    [](actor_world& w) { return w.ask<calendar>(pias, becomes(late, "confirmed"), pia); },
    [](actor_world& w) { return w.ask<calendar>(pias, becomes(unwanted, "declined"), pia); },
    [](actor_world& w) {
      return w.ask<calendar>(pias, calendar::cancel{booking(late), {}, {}}, carl);
    },
    [](actor_world& w) {
      return w.ask<calendar>(pias, calendar::cancel{booking(early), {}, {}}, carl);
    },
    [](actor_world& w) {
      if (w.now() < noon + 1min) w.pass(1min);
      return w.ask<calendar>(pias, becomes(kept, "completed"), pia);
    },
};

void deposit_for(const std::string& user, std::uint64_t amount, actor_world& world) {
  world.ask<ledger>(
      eur, ledger::transfer{{"deposit:d1"}, "EUR", {domain::world, domain::wallet_of({user}), amount, "deposit:d1"}},
      caller("op"));
  world.settle();
}

struct death {
  std::size_t deeds_done; ///< of those that were answered, and hence durable
  time_point at;
};
/// The first life, which ends after so many steps; nullopt: all was done and settled before.
std::optional<death> live(memory_log& log, std::uint64_t money, std::size_t dies_after) {
  actor_world world{log};
  if (money != 0) deposit_for("carl", money, world);
  seeded random{dies_after};
  std::size_t steps = 0, done = 0;
  for (const auto& deed : deeds) {
    const auto answered = deed(world);
    // Now and then the next one is asked before what follows from the last one was done.
    while (is_open(answered) || random.one_in(2)) {
      if (steps++ == dies_after) return death{done, world.now()};
      if (!world.one_of_all(random)) break;
    }
    REQUIRE_FALSE(is_open(answered));
    ++done;
  }
  while (world.one_of_all(random))
    if (steps++ == dies_after) return death{done, world.now()};
  world.pass(3s);
  return std::nullopt;
}
void live_on(memory_log& log, const death& before) {
  actor_world::options later;
  later.start = before.at;
  actor_world world{log, later};
  for (auto i = before.deeds_done; i < deeds.size(); ++i) {
    const auto answered = deeds[i](world);
    world.settle();
    INFO("deed " << i);
    CHECK(is_ok(answered));
  }
  world.pass(3s);
}

/// `<status> <payment>`.
std::string end_of(const calendar::state& s, std::string_view name) {
  const auto at = s.bookings.find(booking(name));
  return at == s.bookings.end() ? "nothing" : at->second.booking.status + ' ' + at->second.booking.payment;
}

/// Lives once for each moment of death, until one life is long enough for all.
template <class Check>
void wherever_the_server_dies(std::uint64_t money, const Check& check) {
  for (std::size_t dies_after = 0;; ++dies_after) {
    INFO("dies after " << dies_after << " steps");
    memory_log log;
    const auto death = live(log, money, dies_after);
    if (death) live_on(log, *death);
    check(log);
    if (death) continue;
    CHECK(dies_after > 60); // else hardly anything was under way
    return;
  }
}

} // namespace

TEST_CASE("wherever the server dies, each hold is posted or released once, as its booking ended") {
  wherever_the_server_dies(20'000, [](const memory_log& log) {
    const auto calendar_now = fold<calendar>(log, pias);
    CHECK(end_of(calendar_now, kept) == "completed paid");
    CHECK(end_of(calendar_now, late) == "cancelled fee");
    CHECK(end_of(calendar_now, unwanted) == "declined refunded");
    CHECK(end_of(calendar_now, early) == "cancelled refunded");
    const auto books = fold<ledger>(log, eur);
    CHECK(books.sum == 0);
    CHECK(books.holds.empty());
    CHECK(balance(books, "pia") == 3500 + 1750);
    CHECK(balance(books, "carl") == 20'000 - 3500 - 1750);
    CHECK(count(log, eur, "held") == 4);
    CHECK(count(log, eur, "posted") == 2);
    CHECK(count(log, eur, "voided") == 2);
    CHECK(count(log, pias, "booking-requested") == 4);
    CHECK(count(log, pias, "booking-changed") == 6);
  });
}

TEST_CASE("wherever the server dies, bookings that nothing could be held for end all the same, and move no money") {
  wherever_the_server_dies(0, [](const memory_log& log) {
    const auto calendar_now = fold<calendar>(log, pias);
    for (const auto& [name, status] : {std::pair{kept, "completed"}, {late, "cancelled"}, {unwanted, "declined"}})
      CHECK(end_of(calendar_now, name) == std::string{status} + " direct");
    const auto books = fold<ledger>(log, eur);
    CHECK(books.holds.empty());
    CHECK(books.accounts.empty());
    CHECK(count(log, eur, "held") == 0);
    CHECK(count(log, eur, "posted") == 0);
  });
}
