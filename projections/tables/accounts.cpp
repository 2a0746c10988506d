#include "projections/tables/accounts.hpp"

namespace parley {
namespace {

/// Events that were decided are in bounds; any number may be in a record that nobody decided, and none overflows here.
std::int64_t sum(std::int64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + b);
}
std::int64_t difference(std::int64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - b);
}

struct booker {
  account_changes& changes;
  const record& r;

  account_changes::change& row(const account_name& account) const {
    auto& found = changes.rows[{std::string{r.stream.key()}, account}];
    found.version = r.version;
    return found;
  }

  template <class Event>
  void move(const Event& e) const {
    auto& gave = row(e.debit).balance;
    gave = difference(gave, e.amount);
    enter(e, false, e.debit, e.credit, gave);
    auto& got = row(e.credit).balance;
    got = sum(got, e.amount);
    enter(e, true, e.credit, e.debit, got);
  }
  template <class Event>
  void enter(const Event& e, bool credit, const account_name& account, const account_name& counterparty,
             std::int64_t balance) const {
    changes.entries.push_back({r.position, credit, std::string{r.stream.key()}, account, counterparty, e.transfer,
                               e.amount, e.reference, r.time, balance});
  }
  template <class Event>
  void release(const Event& e, std::uint64_t amount) const {
    auto& out = row(e.debit).outgoing;
    out = difference(out, amount);
    auto& in = row(e.credit).incoming;
    in = difference(in, amount);
  }

  void operator()(const events::transferred& e) const { move(e); }
  void operator()(const events::held& e) const {
    auto& out = row(e.debit).outgoing;
    out = sum(out, e.amount);
    auto& in = row(e.credit).incoming;
    in = sum(in, e.amount);
  }
  void operator()(const events::posted& e) const {
    release(e, e.amount);
    release(e, e.released);
    move(e);
  }
  void operator()(const events::voided& e) const { release(e, e.amount); }
  void operator()(const events::hold_expired& e) const { release(e, e.amount); }
  void operator()(const events::transfer_refused&) const {}
};

} // namespace

void account_changes::fold(const record& r, const events::ledger_event& e) { std::visit(booker{*this, r}, e); }

} // namespace parley
