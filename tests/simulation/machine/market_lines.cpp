#include "tests/simulation/machine/market_lines.hpp"

#include "projections/pg/parameters.hpp"

namespace parley::simulation {
namespace {

using pg::storable;

template <class Row>
Row* find(lines_of<Row>& lines, const typename Row::key& key) {
  const auto at = lines.find(key);
  return at == lines.end() ? nullptr : &at->second;
}

} // namespace

void write_accounts(lines_of<account_line>& accounts, lines_of<entry_line>& entries, const account_changes& changes) {
  for (const auto& e : changes.entries) {
    const account_line::key id{storable(e.account.text), storable(e.currency)};
    const auto* before = find(accounts, id);
    const std::string side = e.credit ? "credit" : "debit";
    entries.try_emplace({e.position, side},
                        entry_line{e.position, side, id.second, id.first, storable(e.counterparty.text),
                                   storable(e.transfer.text), e.amount, (before ? before->balance : 0) + e.balance,
                                   storable(e.reference), e.at});
  }
  for (const auto& [key, change] : changes.rows) {
    auto& row = accounts[{storable(key.second.text), storable(key.first)}];
    row.currency = storable(key.first);
    row.account = storable(key.second.text);
    row.balance += change.balance;
    row.outgoing += change.outgoing;
    row.incoming += change.incoming;
    row.version = change.version;
  }
}

void write_holds(lines_of<hold_line>& holds, const hold_changes& changes) {
  for (const auto& [transfer, change] : changes.rows) {
    const auto id = storable(transfer.text);
    if (change.made) {
      const auto& e = change.made->event;
      holds[id] = {id,
                   storable(change.made->currency),
                   storable(e.debit.text),
                   storable(e.credit.text),
                   e.amount,
                   storable(e.reference),
                   change.made->at,
                   e.expires_at,
                   "held",
                   0,
                   std::nullopt,
                   change.made->position};
    }
    auto* row = find(holds, id);
    if (row == nullptr || !change.ended) continue;
    row->status = change.ended->status;
    row->posted = change.ended->posted;
    row->ended_at = change.ended->at;
  }
}

void write_listings(lines_of<listing_line>& listings, const listing_changes& changes) {
  for (const auto& [listing, change] : changes.rows) {
    const auto id = storable(listing.text);
    if (change.made) {
      const auto& e = change.made->event;
      listings[id] = {id,
                      storable(e.seller.text),
                      storable(e.title),
                      storable(e.description),
                      e.price,
                      storable(e.currency),
                      static_cast<std::int64_t>(e.stock),
                      false,
                      change.made->at,
                      change.made->at,
                      change.made->position,
                      0};
    }
    auto* row = find(listings, id);
    if (row == nullptr) continue;
    if (change.title) row->title = storable(*change.title);
    if (change.description) row->description = storable(*change.description);
    if (change.currency) row->currency = storable(*change.currency);
    if (change.price) row->price = *change.price;
    if (change.stock) row->stock = static_cast<std::int64_t>(*change.stock);
    row->stock += change.stock_more;
    row->closed = row->closed || change.closed;
    if (change.changed_at) row->changed_at = *change.changed_at;
    row->version = change.version;
  }
}

void write_purchases(lines_of<purchase_line>& purchases, const purchase_changes& changes) {
  for (const auto& [purchase, change] : changes.rows) {
    const auto id = storable(purchase.text);
    if (change.made) {
      const auto& e = change.made->event;
      purchases[id] = {id,
                       storable(change.made->listing.text),
                       storable(e.buyer.text),
                       storable(e.seller.text),
                       e.quantity,
                       e.price,
                       e.amount,
                       storable(e.currency),
                       "pending",
                       "",
                       change.made->at,
                       std::nullopt,
                       change.made->position};
    }
    auto* row = find(purchases, id);
    if (row == nullptr || !change.ended) continue;
    row->status = change.ended->status;
    row->code = storable(change.ended->code);
    row->ended_at = change.ended->at;
  }
}

} // namespace parley::simulation
