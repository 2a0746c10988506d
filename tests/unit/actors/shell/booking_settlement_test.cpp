// What of a booking moves money, and what the ledger's answers say to the booking.

#include "actors/processes/booking_settlement.hpp"
#include "tests/unit/actors/domain/calendar_fixture.hpp"

using namespace parley;
using namespace parley::test;
using domain::ledger;

namespace {

const std::string id = "booking:" + booking().text;

std::vector<errand> after(event e) {
  record r;
  r.stream = {"calendar/pia"};
  r.time = noon;
  return booking_settlement::react(r, e);
}

template <class Command>
Command only(const std::vector<errand>& errands) {
  REQUIRE(errands.size() == 1);
  CHECK(errands[0].to == domain::ledger_of("EUR"));
  return std::get<Command>(std::get<ledger::command>(errands[0].command));
}
std::string settled(const std::vector<errand>& errands) {
  if (errands.empty()) return "nothing";
  REQUIRE(errands.size() == 1);
  CHECK(errands[0].to.text == "calendar/pia");
  const auto& c = std::get<calendar::settle>(std::get<calendar::command>(errands[0].command));
  CHECK(c.id == booking());
  return c.step;
}

} // namespace

TEST_CASE("what is asked for is held from the customer's wallet, once") {
  const auto hold = only<ledger::hold>(after(requested()));
  CHECK(hold.id.text == id);
  CHECK(hold.terms.debit == domain::wallet_of({"carl"}));
  CHECK(hold.terms.credit == domain::wallet_of({"pia"}));
  CHECK(hold.terms.amount == 3500);
  CHECK(hold.tells_refusal);
  auto free = requested();
  free.payment = "none";
  CHECK(after(free).empty());
}

TEST_CASE("what took place is posted, what did not is released, what is late costs its fee") {
  CHECK(after(confirmed()).empty());
  CHECK_FALSE(only<ledger::post>(after(completed())).amount.has_value());
  CHECK(only<ledger::post>(after(changed(confirmed(), "cancelled", "carl", 1750))).amount == 1750);
  CHECK(only<ledger::post>(after(changed(confirmed(), "no-show", "pia", 1750))).amount == 1750);
  for (const auto* status : {"declined", "expired", "cancelled", "no-show"})
    CHECK(only<ledger::void_hold>(after(changed(confirmed(), status, ""))).id.text == id);
  auto direct = completed();
  direct.payment = "direct";
  CHECK(after(direct).empty());
}

TEST_CASE("the ledger's answers come back to the booking, those to others do not") {
  const account_name carls = domain::wallet_of({"carl"}), pias = domain::wallet_of({"pia"});
  CHECK(settled(after(events::held{{id}, carls, pias, 3500, id, {}})) == "held");
  CHECK(settled(after(events::posted{{id}, carls, pias, 3500, 0, id})) == "posted");
  CHECK(settled(after(events::voided{{id}, carls, pias, 3500, id})) == "voided");
  CHECK(settled(after(events::transfer_refused{{id}, "hold", carls, pias, 3500, id, "insufficient_funds"})) ==
        "refused");
  CHECK(settled(after(events::transfer_refused{{id}, "post", carls, pias, 3500, id, "not_found"})) == "nothing");
  for (const auto* reference : {"", "purchase:1", "booking:", "booking:nonsense"})
    CHECK(settled(after(events::held{{id}, carls, pias, 3500, reference, {}})) == "nothing");
}
