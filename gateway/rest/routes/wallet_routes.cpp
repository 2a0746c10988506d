// GET /api/wallet and its holds, POST /api/wallet/deposits, GET /api/transactions: money, as the ledgers have it.

#include "actors/domain/market/ledger.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/find_person.hpp"
#include "gateway/rest/routes/market_rows.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"

namespace parley::gateway {
namespace {

using domain::ledger;

constexpr auto amount_max = static_cast<std::int64_t>(domain::amount_max);
constexpr std::size_t currency_bytes_max = 16, deposit_id_bytes_max = 100;

/// Auditors see what everybody has. Who operates makes deposits, and so is no auditor of them.
bool may_see_all(const caller& who) { return who.roles.has(domain::role::auditor); }

/// Whose entries: `?userId=`, or everybody's (`?all=true`), or the caller's own.
result<entry_filter> read_filter(const call& c) {
  const std::string named{c.request.parameter("userId")};
  const auto all = c.request.parameter("all");
  if (!named.empty() && !is_readable_id(named)) return fail(errc::invalid, "userId is no id");
  if (!all.empty() && all != "true" && all != "false") return fail(errc::invalid, "all takes true or false");
  if (all == "true" && !named.empty()) return fail(errc::invalid, "send userId or all, not both");
  const bool of_others = all == "true" || (!named.empty() && named != c.who->user.text);
  if (of_others && !may_see_all(*c.who)) return fail(errc::forbidden, "only auditors see what others have");
  entry_filter which;
  which.currency = c.request.parameter("currency");
  if (!which.currency.empty() && !domain::is_currency(which.currency))
    return fail(errc::wrong_currency, "currency must be an ISO 4217 code");
  if (all != "true") which.account = domain::wallet_of(named.empty() ? c.who->user : user_id{named});
  return which;
}

void wallet(const call_ptr& c) {
  const auto answered = [c](const std::vector<balance_row>& balances) {
    auto r = success_with(200, wallet_json(c->who->user, balances), "wallet");
    r.headers.emplace_back("Cache-Control", "private, no-cache");
    c->answer(std::move(r));
  };
  c->with.market.balances(domain::wallet_of(c->who->user), c->at_least(),
                          or_refuse<std::vector<balance_row>>(c, answered));
}

void holds(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<hold_row>& p) {
    answer_page(c, p, [](const hold_row& row) { return to_json(row); });
  };
  c->with.market.holds(domain::wallet_of(c->who->user), *asked, c->at_least(), or_refuse<page<hold_row>>(c, answered));
}

void transactions(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto which = read_filter(*c);
  if (!which) return c->refuse(which.error());
  const auto answered = [c](const page<entry_row>& p) {
    answer_page(c, p, [](const entry_row& row) { return to_json(row); });
  };
  c->with.market.entries(*which, *asked, c->at_least(), or_refuse<page<entry_row>>(c, answered));
}

// --- deposits
// -----------------------------------------------------------------------------------------------------------

http_response deposited(const std::string& id, const user_id& to, const ledger::transfer& made) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", id).field("transferId", made.id.text).field("userId", to.text);
  json.field("amountMinor", made.terms.amount).field("currency", made.currency).field("status", "posted");
  json.field("reference", made.terms.reference).end_object();
  return success_with(201, out, "deposit");
}

/// With an id of the caller's own, a deposit is made once, at any age; without, an Idempotency-Key does it for a day.
void deposit(const call_ptr& c) {
  fields f{c->body};
  const user_id to{f.required_text("userId", domain::wallet_owner_bytes_max)};
  auto id = f.optional_text("id", deposit_id_bytes_max);
  ledger::transfer command;
  command.currency = f.required_text("currency", currency_bytes_max);
  const auto amount = f.optional_integer("amountMinor", 1, amount_max);
  if (!amount) f.refuse(errc::malformed, "amountMinor is missing");
  if (f.refusal()) return c->refuse(*f.refusal());
  if (!domain::is_currency(command.currency))
    return c->refuse({errc::wrong_currency, "currency must be an ISO 4217 code", 0});
  if (id.empty()) id = c->new_id("dep_", c->who->user.text);
  command.id = {"deposit:" + id};
  command.terms = {domain::world, domain::wallet_of(to), static_cast<std::uint64_t>(*amount), command.id.text};
  find_person(c, to, [c, id, to, command] {
    write<ledger>(c, domain::ledger_of(command.currency), command,
                  [id, to, command](const answer&) { return deposited(id, to, command); });
  });
}

} // namespace

void add_wallet_routes(router& to) {
  to.add({"GET", {"/api/wallet"}, access::signed_in, wallet});
  to.add({"GET", {"/api/wallet/holds"}, access::signed_in, holds});
  to.add({"POST", {"/api/wallet/deposits"}, access::operators, deposit});
  to.add({"GET", {"/api/transactions", "/api/wallet/transactions"}, access::signed_in, transactions});
}

} // namespace parley::gateway
