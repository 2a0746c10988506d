#include "actors/processes/booking_settlement.hpp"

namespace parley::booking_settlement {
namespace {

using domain::calendar;
using domain::ledger;

constexpr std::string_view prefix = "booking:";

transfer_id transfer_of(const events::booking& b) { return {std::string{prefix}.append(b.id.text)}; }
std::string reference_of(const events::booking& b) { return transfer_of(b).text; }
bool is_open(const events::booking& b) { return b.payment == "pending" || b.payment == "held"; }

template <class Command>
errand to_ledger(const events::booking& b, Command c) {
  return {domain::ledger_of(b.currency), ledger::command{std::move(c)}};
}

struct reaction {
  const record& r;
  std::vector<errand> errands;

  // --- of a calendar ---

  void operator()(const events::booking_requested& e) {
    if (e.payment != "pending") return;
    ledger::hold hold{transfer_of(e), e.currency, {}, {}, true};
    hold.terms = {domain::wallet_of(e.customer), domain::wallet_of(e.provider), e.price_minor, reference_of(e)};
    errands.push_back(to_ledger(e, std::move(hold)));
  }
  void operator()(const events::booking_changed& e) {
    namespace status = domain::booking_status;
    if (!is_open(e) || !domain::is_over(e)) return;
    // A hold that was refused leaves nothing to post or release: the ledger then says no, and that is all.
    if (e.status == status::completed)
      errands.push_back(to_ledger(e, ledger::post{transfer_of(e), reference_of(e)}));
    else if (e.fee_minor != 0)
      errands.push_back(to_ledger(e, ledger::post{transfer_of(e), reference_of(e), e.fee_minor}));
    else
      errands.push_back(to_ledger(e, ledger::void_hold{transfer_of(e), reference_of(e)}));
  }

  // --- of a ledger ---

  void operator()(const events::held& e) { settle(e.reference, "held"); }
  void operator()(const events::posted& e) { settle(e.reference, "posted"); }
  void operator()(const events::voided& e) { settle(e.reference, "voided"); }
  void operator()(const events::hold_expired& e) { settle(e.reference, "voided"); }
  void operator()(const events::transfer_refused& e) {
    if (e.step == "hold") settle(e.reference, "refused");
  }

  template <class Other>
  void operator()(const Other&) {}

private:
  void settle(const std::string& reference, std::string step) {
    if (!reference.starts_with(prefix)) return; // somebody else's
    const booking_id id{reference.substr(prefix.size())};
    const auto provider = domain::provider_of(id);
    if (provider.empty()) return;
    errands.push_back(
        {make_stream(calendar::family, provider.text), calendar::command{calendar::settle{id, std::move(step)}}});
  }
};

} // namespace

std::vector<errand> react(const record& r, const event& content) {
  reaction of{r, {}};
  if (const auto* booked = std::get_if<events::calendar_event>(&content)) std::visit(of, *booked);
  if (const auto* moved = std::get_if<events::ledger_event>(&content)) std::visit(of, *moved);
  return std::move(of.errands);
}

} // namespace parley::booking_settlement
