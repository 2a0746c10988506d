// The ledger's fold: what each event does to the books, and the books as a snapshot. Here everything is asserted that
// must hold whatever was decided.

#include "actors/domain/market/ledger.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "events/assertion.hpp"

namespace parley::domain {

template <class Fields, class Account>
requires std::same_as<std::remove_const_t<Account>, ledger::account>
void describe(Fields& f, Account& a) { f("balance", a.balance); }

template <class Fields, class Hold>
requires std::same_as<std::remove_const_t<Hold>, ledger::open_hold>
void describe(Fields& f, Hold& h) {
  f("debit", h.terms.debit), f("credit", h.terms.credit), f("amount", h.terms.amount);
  f("reference", h.terms.reference), f("expiresAt", h.expires_at);
}

/// What is held of each account follows from the holds.
template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, ledger::state>
void describe(Fields& f, State& s) { f("accounts", s.accounts), f("holds", s.holds); }

namespace {

struct change {
  std::int64_t balance = 0, outgoing = 0, incoming = 0;
};

void adjust(ledger::state& s, const account_name& name, const change& by) {
  const auto at = s.accounts.try_emplace(name).first;
  auto& a = at->second;
  s.sum += by.balance;
  a.balance += by.balance;
  a.outgoing += static_cast<std::uint64_t>(by.outgoing); // wraps around to what was taken away
  a.incoming += static_cast<std::uint64_t>(by.incoming);
  PARLEY_ASSERT(a.outgoing <= balance_max && a.incoming <= balance_max);
  PARLEY_ASSERT(a.balance >= -signed_balance_max && a.balance <= signed_balance_max);
  PARLEY_ASSERT(may_overdraw(name) || a.available() >= 0);
  if (a.empty()) s.accounts.erase(at);
}

/// Both sides of one movement.
void adjust(ledger::state& s, const account_name& debit, const account_name& credit, const change& of_debit,
            const change& of_credit) {
  adjust(s, debit, of_debit);
  adjust(s, credit, of_credit);
  PARLEY_ASSERT(s.sum == 0);
}

template <class Event>
ledger::terms terms_of(const Event& e) {
  return {e.debit, e.credit, e.amount, e.reference};
}

void apply(ledger::state& s, const events::transferred& e) {
  const auto n = as_signed(e.amount);
  adjust(s, e.debit, e.credit, {-n, 0, 0}, {n, 0, 0});
  s.settled.remember(e.transfer, {terms_of(e), false, "posted", e.amount, {}});
}

void apply(ledger::state& s, const events::held& e) {
  const auto n = as_signed(e.amount);
  adjust(s, e.debit, e.credit, {0, n, 0}, {0, 0, n});
  s.holds[e.transfer] = {terms_of(e), e.expires_at};
}

void end_hold(ledger::state& s, const transfer_id& id, std::string status, std::uint64_t posted) {
  const auto node = s.holds.extract(id);
  PARLEY_ASSERT(!node.empty()); // a hold ends once
  const auto& t = node.mapped().terms;
  const auto all = as_signed(t.amount), moved = as_signed(posted);
  adjust(s, t.debit, t.credit, {-moved, -all, 0}, {moved, 0, -all});
  s.settled.remember(id, {t, true, std::move(status), posted, {}});
}

void apply(ledger::state& s, const events::posted& e) { end_hold(s, e.transfer, "posted", e.amount); }
void apply(ledger::state& s, const events::voided& e) { end_hold(s, e.transfer, "voided", 0); }
void apply(ledger::state& s, const events::hold_expired& e) { end_hold(s, e.transfer, "expired", 0); }

/// A refused beginning used its id up, unless the id was another transfer's already.
void apply(ledger::state& s, const events::transfer_refused& e) {
  const bool begins = e.step == "transfer" || e.step == "hold";
  if (!begins || s.holds.contains(e.transfer) || s.settled.find(e.transfer)) return;
  s.settled.remember(e.transfer, {terms_of(e), e.step == "hold", "refused", 0, e.code});
}

} // namespace

void ledger::evolve(state& s, const event& e, time_point) {
  std::visit([&](const auto& one) { apply(s, one); }, e);
}

std::string ledger::snapshot(const state& s) { return write_snapshot(s); }

result<ledger::state> ledger::restore(std::string_view text) {
  auto s = read_snapshot<state>(text);
  if (!s) return s;
  const auto damaged = [] { return fail(errc::corrupt, "a snapshot of a ledger does not add up"); };
  for (const auto& [id, h] : s->holds) {
    if (h.terms.amount < 1 || h.terms.amount > amount_max) return damaged();
    auto &from = s->accounts[h.terms.debit].outgoing, &to = s->accounts[h.terms.credit].incoming;
    from += h.terms.amount;
    to += h.terms.amount;
    if (from > balance_max || to > balance_max) return damaged();
  }
  for (const auto& [name, a] : s->accounts) {
    if (a.balance < -signed_balance_max || a.balance > signed_balance_max) return damaged();
    if (!may_overdraw(name) && a.available() < 0) return damaged();
    s->sum += a.balance;
    if (s->sum > signed_balance_max) return damaged(); // `world`, which is owed all of it, comes last
  }
  if (s->sum != 0) return damaged();
  return s;
}

std::size_t ledger::snapshot_every(const state& s, std::size_t usual) {
  return std::max(usual, s.accounts.size() + s.holds.size());
}

} // namespace parley::domain
