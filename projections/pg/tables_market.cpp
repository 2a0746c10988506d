#include "projections/pg/tables_market.hpp"

namespace parley::pg {
namespace {

/// A signed number as PostgreSQL's bigint: both are two's complement.
std::uint64_t bits(std::int64_t v) { return static_cast<std::uint64_t>(v); }

result<void> queue_entries(connection& db, const std::vector<account_changes::entry>& entries) {
  if (entries.empty()) return {};
  auto position = array::of_int8(), amount = array::of_int8(), more = array::of_int8();
  auto side = array::of_text(), currency = array::of_text(), account = array::of_text();
  auto counterparty = array::of_text(), transfer = array::of_text(), reference = array::of_text();
  auto made_at = array::of_time();
  for (const auto& e : entries) {
    position.int8(e.position);
    side.text(e.credit ? "credit" : "debit");
    currency.text(e.currency);
    account.text(e.account.text);
    counterparty.text(e.counterparty.text);
    transfer.text(e.transfer.text);
    amount.int8(e.amount);
    more.int8(bits(e.balance));
    reference.text(e.reference);
    made_at.time(e.at);
  }
  parameters p;
  p.column(std::move(position)).column(std::move(side)).column(std::move(currency)).column(std::move(account));
  p.column(std::move(counterparty)).column(std::move(transfer)).column(std::move(amount)).column(std::move(more));
  p.column(std::move(reference)).column(std::move(made_at));
  return db.queue("INSERT INTO entries (position, side, currency, account, counterparty, transfer_id, amount, balance, "
                  "reference, made_at) SELECT c.position, c.side, c.currency, c.account, c.counterparty, "
                  "c.transfer_id, c.amount, coalesce(a.balance, 0) + c.more, c.reference, c.made_at "
                  "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS c (position, side, currency, account, "
                  "counterparty, transfer_id, amount, more, reference, made_at) "
                  "LEFT JOIN accounts a ON a.account = c.account AND a.currency = c.currency "
                  "ON CONFLICT (position, side) DO NOTHING",
                  p);
}

} // namespace

result<void> queue_accounts(connection& db, const account_changes& changes) {
  if (auto queued = queue_entries(db, changes.entries); !queued) return queued;
  if (changes.rows.empty()) return {};
  auto currency = array::of_text(), account = array::of_text();
  auto balance = array::of_int8(), outgoing = array::of_int8(), incoming = array::of_int8(), version = array::of_int8();
  for (const auto& [key, row] : changes.rows) {
    currency.text(key.first);
    account.text(key.second.text);
    balance.int8(bits(row.balance));
    outgoing.int8(bits(row.outgoing));
    incoming.int8(bits(row.incoming));
    version.int8(row.version);
  }
  parameters p;
  p.column(std::move(currency)).column(std::move(account)).column(std::move(balance)).column(std::move(outgoing));
  p.column(std::move(incoming)).column(std::move(version));
  return db.queue("INSERT INTO accounts AS a (currency, account, balance, outgoing, incoming, version) "
                  "SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT (account, currency) DO UPDATE SET "
                  "balance = a.balance + excluded.balance, outgoing = a.outgoing + excluded.outgoing, "
                  "incoming = a.incoming + excluded.incoming, version = excluded.version",
                  p);
}

result<void> queue_holds(connection& db, const hold_changes& changes) {
  auto id = array::of_text(), currency = array::of_text(), debit = array::of_text(), credit = array::of_text();
  auto reference = array::of_text(), ended_id = array::of_text(), status = array::of_text();
  auto amount = array::of_int8(), position = array::of_int8(), posted = array::of_int8();
  auto held_at = array::of_time(), expires_at = array::of_time(), ended_at = array::of_time();
  std::size_t made = 0, ended = 0;
  for (const auto& [transfer, row] : changes.rows) {
    if (row.made) {
      ++made;
      const auto& e = row.made->event;
      id.text(transfer.text);
      currency.text(row.made->currency);
      debit.text(e.debit.text);
      credit.text(e.credit.text);
      amount.int8(e.amount);
      reference.text(e.reference);
      held_at.time(row.made->at);
      expires_at.time(e.expires_at);
      position.int8(row.made->position);
    }
    if (!row.ended) continue;
    ++ended;
    ended_id.text(transfer.text);
    status.text(row.ended->status);
    posted.int8(row.ended->posted);
    ended_at.time(row.ended->at);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(currency)).column(std::move(debit)).column(std::move(credit));
    p.column(std::move(amount)).column(std::move(reference)).column(std::move(held_at)).column(std::move(expires_at));
    p.column(std::move(position));
    auto queued = db.queue("INSERT INTO holds (transfer_id, currency, debit, credit, amount, reference, held_at, "
                           "expires_at, position, status, posted) SELECT *, 'held', 0 "
                           "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (transfer_id) DO UPDATE SET "
                           "currency = excluded.currency, debit = excluded.debit, credit = excluded.credit, "
                           "amount = excluded.amount, reference = excluded.reference, held_at = excluded.held_at, "
                           "expires_at = excluded.expires_at, position = excluded.position, status = 'held', "
                           "posted = 0, ended_at = NULL",
                           p);
    if (!queued) return queued;
  }
  if (ended == 0) return {};
  parameters p;
  p.column(std::move(ended_id)).column(std::move(status)).column(std::move(posted)).column(std::move(ended_at));
  return db.queue("UPDATE holds h SET status = c.status, posted = c.posted, ended_at = c.ended_at "
                  "FROM unnest($1, $2, $3, $4) AS c (id, status, posted, ended_at) WHERE h.transfer_id = c.id",
                  p);
}

result<void> queue_listings(connection& db, const listing_changes& changes) {
  auto id = array::of_text(), seller = array::of_text(), title = array::of_text(), description = array::of_text();
  auto currency = array::of_text();
  auto price = array::of_int8(), stock = array::of_int8(), position = array::of_int8();
  auto created_at = array::of_time();
  auto now_id = array::of_text(), now_title = array::of_text(), now_description = array::of_text();
  auto now_currency = array::of_text();
  auto now_price = array::of_int8(), now_stock = array::of_int8(), more = array::of_int8(), version = array::of_int8();
  auto closed = array::of_boolean();
  auto changed_at = array::of_time();
  const auto text_or_null = [](array& to, const std::optional<std::string>& v) { v ? to.text(*v) : to.null(); };
  const auto number_or_null = [](array& to, const std::optional<std::uint64_t>& v) { v ? to.int8(*v) : to.null(); };
  std::size_t made = 0;
  for (const auto& [listing, row] : changes.rows) {
    if (row.made) {
      ++made;
      const auto& e = row.made->event;
      id.text(listing.text);
      seller.text(e.seller.text);
      title.text(e.title);
      description.text(e.description);
      price.int8(e.price);
      currency.text(e.currency);
      stock.int8(e.stock);
      created_at.time(row.made->at);
      position.int8(row.made->position);
    }
    now_id.text(listing.text);
    text_or_null(now_title, row.title);
    text_or_null(now_description, row.description);
    text_or_null(now_currency, row.currency);
    number_or_null(now_price, row.price);
    number_or_null(now_stock, row.stock);
    more.int8(bits(row.stock_more));
    closed.boolean(row.closed);
    changed_at.time(row.changed_at);
    version.int8(row.version);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(seller)).column(std::move(title)).column(std::move(description));
    p.column(std::move(price)).column(std::move(currency)).column(std::move(stock)).column(std::move(created_at));
    p.column(std::move(position));
    auto queued = db.queue("INSERT INTO listings (id, seller, title, description, price, currency, stock, created_at, "
                           "position, changed_at, closed, version) SELECT *, c.created_at, false, 0 "
                           "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS c (id, seller, title, description, "
                           "price, currency, stock, created_at, position) ON CONFLICT (id) DO UPDATE SET "
                           "seller = excluded.seller, title = excluded.title, description = excluded.description, "
                           "price = excluded.price, currency = excluded.currency, stock = excluded.stock, "
                           "created_at = excluded.created_at, position = excluded.position, "
                           "changed_at = excluded.changed_at, closed = false",
                           p);
    if (!queued) return queued;
  }
  if (changes.rows.empty()) return {};
  parameters p;
  p.column(std::move(now_id)).column(std::move(now_title)).column(std::move(now_description));
  p.column(std::move(now_currency)).column(std::move(now_price)).column(std::move(now_stock)).column(std::move(more));
  p.column(std::move(closed)).column(std::move(changed_at)).column(std::move(version));
  return db.queue("UPDATE listings l SET title = coalesce(c.title, l.title), "
                  "description = coalesce(c.description, l.description), currency = coalesce(c.currency, l.currency), "
                  "price = coalesce(c.price, l.price), stock = coalesce(c.stock, l.stock) + c.more, "
                  "closed = l.closed OR c.closed, changed_at = coalesce(c.changed_at, l.changed_at), "
                  "version = c.version FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS c (id, title, "
                  "description, currency, price, stock, more, closed, changed_at, version) WHERE l.id = c.id",
                  p);
}

result<void> queue_purchases(connection& db, const purchase_changes& changes) {
  auto id = array::of_text(), listing = array::of_text(), buyer = array::of_text(), seller = array::of_text();
  auto currency = array::of_text(), ended_id = array::of_text(), status = array::of_text(), code = array::of_text();
  auto quantity = array::of_int8(), price = array::of_int8(), amount = array::of_int8(), position = array::of_int8();
  auto requested_at = array::of_time(), ended_at = array::of_time();
  std::size_t made = 0, ended = 0;
  for (const auto& [purchase, row] : changes.rows) {
    if (row.made) {
      ++made;
      const auto& e = row.made->event;
      id.text(purchase.text);
      listing.text(row.made->listing.text);
      buyer.text(e.buyer.text);
      seller.text(e.seller.text);
      quantity.int8(e.quantity);
      price.int8(e.price);
      amount.int8(e.amount);
      currency.text(e.currency);
      requested_at.time(row.made->at);
      position.int8(row.made->position);
    }
    if (!row.ended) continue;
    ++ended;
    ended_id.text(purchase.text);
    status.text(row.ended->status);
    code.text(row.ended->code);
    ended_at.time(row.ended->at);
  }
  if (made != 0) {
    parameters p;
    p.column(std::move(id)).column(std::move(listing)).column(std::move(buyer)).column(std::move(seller));
    p.column(std::move(quantity)).column(std::move(price)).column(std::move(amount)).column(std::move(currency));
    p.column(std::move(requested_at)).column(std::move(position));
    auto queued = db.queue("INSERT INTO purchases (id, listing_id, buyer, seller, quantity, price, amount, currency, "
                           "requested_at, position, status, code) SELECT *, 'pending', '' "
                           "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET "
                           "listing_id = excluded.listing_id, buyer = excluded.buyer, seller = excluded.seller, "
                           "quantity = excluded.quantity, price = excluded.price, amount = excluded.amount, "
                           "currency = excluded.currency, requested_at = excluded.requested_at, "
                           "position = excluded.position, status = 'pending', code = '', ended_at = NULL",
                           p);
    if (!queued) return queued;
  }
  if (ended == 0) return {};
  parameters p;
  p.column(std::move(ended_id)).column(std::move(status)).column(std::move(code)).column(std::move(ended_at));
  return db.queue("UPDATE purchases p SET status = c.status, code = c.code, ended_at = c.ended_at "
                  "FROM unnest($1, $2, $3, $4) AS c (id, status, code, ended_at) WHERE p.id = c.id",
                  p);
}

} // namespace parley::pg
