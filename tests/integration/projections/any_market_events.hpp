#pragma once
// Any events of money and market, in any order: the store must hold what they say, sense or no sense.

#include "events/codec.hpp"
#include "tests/support/seeded.hpp"

namespace parley::test {

/// `some` makes names of few entities, `text` texts that are hard to keep, `time` any time.
template <class Some, class Text, class Time>
events::ledger_event any_ledger_event(seeded& random, Some some, Text text, Time time) {
  const transfer_id id{some("t")};
  const account_name debit{some("wallet:")}, credit{some("wallet:")};
  const std::uint64_t amount = random.below(1000), more = random.below(1000);
  switch (random.below(7)) {
  case 0:
  case 1: return events::transferred{id, debit, credit, amount, text()};
  case 2:
    return events::held{id, debit, credit, amount, text(), random.one_in(2) ? std::optional{time()} : std::nullopt};
  case 3: return events::posted{id, debit, credit, amount, more, text()};
  case 4: return events::voided{id, debit, credit, amount, text()};
  case 5: return events::hold_expired{id, debit, credit, amount, text()};
  default: return events::transfer_refused{id, "hold", debit, credit, amount, text(), "conflict"};
  }
}

template <class Some, class Text>
events::listing_event any_listing_event(seeded& random, Some some, Text text) {
  const purchase_id id{some("p")};
  const std::uint64_t quantity = random.below(10), price = random.below(1000);
  switch (random.below(7)) {
  case 0: return events::listing_created{{"ls"}, {some("u")}, text(), text(), price, "EUR", quantity};
  case 1:
  case 2: {
    events::listing_changed e;
    if (random.one_in(2)) e.title = text();
    if (random.one_in(2)) e.description = text();
    if (random.one_in(2)) e.price = price;
    if (random.one_in(2)) e.currency = "USD";
    if (random.one_in(2)) e.stock = quantity;
    return e;
  }
  case 3: return events::listing_closed{{some("u")}};
  case 4: return events::purchase_requested{id, {some("u")}, {some("u")}, quantity, price, quantity * price, "EUR"};
  case 5: return events::purchase_completed{id, {some("u")}, {some("u")}, quantity, price, "EUR"};
  default: return events::purchase_failed{id, {some("u")}, quantity, text()};
  }
}

} // namespace parley::test
