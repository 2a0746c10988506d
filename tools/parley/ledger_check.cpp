#include "tools/parley/ledger_check.hpp"

namespace parley::tool {
namespace {

/// The one account that gives what it does not have.
bool is_world(const account_name& name) { return name.text == "world"; }

} // namespace

void ledger_check::found(std::string what) {
  if (findings_.size() < findings_max) findings_.push_back({at_, std::move(what)});
}

result<void> ledger_check::take(const record& r) {
  const auto family = r.stream.family();
  const auto commit = to_iso8601(r.time) + ' ' + r.actor + ' ' + r.cause;
  if (commit != commit_) end_commit();
  commit_ = commit;
  const bool is_claim = family == "transfer";
  if (expected_ && !is_claim) {
    found("the id of transfer " + std::string{expected_->first.key()} + " was not claimed with it");
    expected_.reset();
  }
  at_ = r.position;
  if (!is_claim && family != "ledger") return {};
  const auto content = content_of(r);
  if (!content) return tl::make_unexpected(content.error());
  if (const auto* e = std::get_if<events::ledger_event>(&*content)) see(r, *e);
  if (const auto* e = std::get_if<events::transfer_event>(&*content))
    see_claim(r, std::get<events::transfer_claimed>(*e));
  return {};
}

void ledger_check::finish() { end_commit(); }

void ledger_check::end_commit() {
  if (expected_) found("the id of transfer " + std::string{expected_->first.key()} + " was not claimed with it");
  expected_.reset();
  for (const auto& currency : touched_)
    if (books_[currency].total != 0) found("the balances in " + currency + " do not sum to zero");
  touched_.clear();
}

void ledger_check::see(const record& r, const events::ledger_event& event) {
  const std::string currency{r.stream.key()};
  auto& b = books_[currency];
  touched_.insert(currency);
  if (const auto* e = std::get_if<events::transferred>(&event)) {
    ++counts_.transfers;
    move(b, *e, e->amount);
    expect_claim(r, *e, false, {});
  } else if (const auto* h = std::get_if<events::held>(&event)) {
    ++counts_.holds;
    if (h->amount == 0 || h->debit == h->credit) found("hold " + h->transfer.text + " is none");
    if (!b.holds.emplace(h->transfer, *h).second) found("hold " + h->transfer.text + " was there already");
    b.accounts[h->debit].held += h->amount;
    check_accounts(b, *h);
    expect_claim(r, *h, true, {});
  } else if (const auto* p = std::get_if<events::posted>(&event)) {
    ++counts_.posted;
    if (end(b, *p, p->amount + p->released)) move(b, *p, p->amount);
  } else if (const auto* v = std::get_if<events::voided>(&event)) {
    ++counts_.voided;
    end(b, *v, v->amount);
  } else if (const auto* x = std::get_if<events::hold_expired>(&event)) {
    ++counts_.expired;
    const auto was = end(b, *x, x->amount);
    if (was && (!was->expires_at || *was->expires_at > r.time))
      found("hold " + x->transfer.text + " expired too early");
  } else if (const auto* n = std::get_if<events::transfer_refused>(&event)) {
    ++counts_.refused;
    const bool begins = n->step == "transfer" || n->step == "hold";
    if (begins && n->code != "conflict") expect_claim(r, *n, n->step == "hold", n->code);
  }
}

template <class Event>
void ledger_check::move(books& b, const Event& e, std::uint64_t amount) {
  if (amount == 0 || e.debit == e.credit) found("transfer " + e.transfer.text + " is none");
  auto& from = b.accounts[e.debit].balance;
  auto& to = b.accounts[e.credit].balance;
  const auto before = from + (e.debit == e.credit ? sum{0} : to);
  from -= amount;
  to += amount;
  b.total += from + (e.debit == e.credit ? sum{0} : to) - before;
  check_accounts(b, e);
}

template <class Event>
std::optional<events::held> ledger_check::end(books& b, const Event& e, std::uint64_t amount) {
  const auto node = b.holds.extract(e.transfer);
  if (node.empty()) {
    found("hold " + e.transfer.text + " ended, and was not there");
    return std::nullopt;
  }
  const auto& h = node.mapped();
  if (h.debit != e.debit || h.credit != e.credit || h.reference != e.reference || h.amount != amount)
    found("hold " + e.transfer.text + " ended as another than it was");
  b.accounts[h.debit].held -= h.amount;
  return h;
}

template <class Event>
void ledger_check::check_accounts(const books& b, const Event& e) {
  for (const auto& name : {e.debit, e.credit}) {
    const auto at = b.accounts.find(name);
    if (at == b.accounts.end() || is_world(name)) continue;
    if (at->second.balance < at->second.held)
      found(name.text + (at->second.balance < 0 ? " is below zero" : " has more on hold than it has") + " after " +
            e.transfer.text);
  }
}

template <class Event>
void ledger_check::expect_claim(const record& r, const Event& e, bool pending, std::string refused) {
  if (expected_) found("the id of transfer " + std::string{expected_->first.key()} + " was not claimed with it");
  expected_.emplace(make_stream("transfer", e.transfer.text),
                    events::transfer_claimed{std::string{r.stream.key()}, pending, e.debit, e.credit, e.amount,
                                             e.reference, std::move(refused)});
}

void ledger_check::see_claim(const record& r, const events::transfer_claimed& e) {
  if (!expected_ || expected_->first != r.stream)
    found("the id of transfer " + std::string{r.stream.key()} + " was claimed for nothing");
  else if (r.version != 1 || !(expected_->second == e))
    found("the claim on transfer " + std::string{r.stream.key()} + " says something else than the transfer");
  if (expected_ && expected_->first == r.stream) expected_.reset();
}

std::size_t ledger_check::accounts() const {
  std::size_t n = 0;
  for (const auto& [currency, b] : books_) n += b.accounts.size();
  return n;
}

std::size_t ledger_check::open_holds() const {
  std::size_t n = 0;
  for (const auto& [currency, b] : books_) n += b.holds.size();
  return n;
}

} // namespace parley::tool
