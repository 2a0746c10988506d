#include "projections/queries/market_queries.hpp"

#include "projections/queries/lists.hpp"
#include "projections/queries/search.hpp"

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

std::int64_t signed_int8(const rows& r, std::size_t i, int column) {
  return static_cast<std::int64_t>(r.int8(i, column)); // both are two's complement
}

const std::string listing_columns =
    "SELECT id, seller, title, description, price, currency, stock, closed, created_at, changed_at, version, position "
    "FROM listings ";
constexpr int listing_position = 11;
listing_row read_listing(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)},  r.text(i, 2), r.text(i, 3), r.int8(i, 4), r.text(i, 5),
          r.int8(i, 6),   r.boolean(i, 7), r.time(i, 8), r.time(i, 9), r.int8(i, 10)};
}

const std::string purchase_columns =
    "SELECT p.id, p.listing_id, coalesce(l.title, ''), p.buyer, p.seller, p.quantity, p.price, p.amount, p.currency, "
    "p.status, p.code, p.requested_at, p.ended_at, p.position FROM purchases p LEFT JOIN listings l "
    "ON l.id = p.listing_id ";
constexpr int purchase_position = 13;
purchase_row read_purchase(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, r.text(i, 2),          {r.text(i, 3)}, {r.text(i, 4)},
          r.int8(i, 5),   r.int8(i, 6),   r.int8(i, 7),          r.text(i, 8),   r.text(i, 9),
          r.text(i, 10),  r.time(i, 11),  r.optional_time(i, 12)};
}

const std::string entry_columns = "SELECT position, side, currency, account, counterparty, transfer_id, amount, "
                                  "balance, reference, made_at FROM entries ";
entry_row read_entry(const rows& r, std::size_t i) {
  return {r.int8(i, 0), r.text(i, 1) == "credit", r.text(i, 2), {r.text(i, 3)}, {r.text(i, 4)}, {r.text(i, 5)},
          r.int8(i, 6), signed_int8(r, i, 7),     r.text(i, 8), r.time(i, 9)};
}

const std::string hold_columns =
    "SELECT transfer_id, currency, debit, credit, amount, reference, held_at, expires_at, position FROM holds ";
constexpr int hold_position = 8;
hold_row read_hold(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), {r.text(i, 2)}, {r.text(i, 3)},
          r.int8(i, 4),   r.text(i, 5), r.time(i, 6),   r.optional_time(i, 7)};
}

} // namespace

void market_queries::listing(const listing_id& id, position at_least, answer_to<std::optional<listing_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, listing_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<listing_row>(read_listing));
}

void market_queries::listings(const listing_filter& f, page_request p, position at_least,
                              answer_to<page<listing_row>> done) {
  const std::string stock = !f.in_stock ? "any" : *f.in_stock ? "some" : "none";
  const auto min = std::to_string(f.price_min), max = std::to_string(f.price_max);
  const auto asked = page_of("listings", {f.seller.text, f.currency, min, max, stock, f.search}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  parameters values;
  values.int8(asked->after.number).int8(f.price_min).int8(f.price_max).text(f.seller.text).text(f.currency);
  values.text(stock).text(sought_pattern(f.search)).int8(asked->rows());
  desk_.ask(at_least,
            listing_columns +
                "WHERE NOT closed AND position < $1 AND price BETWEEN $2 AND $3 AND ($4 = '' OR seller = $4) "
                "AND ($5 = '' OR currency = $5) AND ($6 = 'any' OR ($6 = 'some') = (stock > 0)) AND " +
                sought_like(7) + " ORDER BY position DESC LIMIT $8",
            std::move(values), std::move(done), paged<listing_row>(*asked, read_listing, at_number(listing_position)));
}

void market_queries::purchase(const purchase_id& id, position at_least, answer_to<std::optional<purchase_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, purchase_columns + "WHERE p.id = $1", parameters{}.text(id.text), std::move(done),
            one<purchase_row>(read_purchase));
}

void market_queries::purchases(const user_id& of, bool as_seller, page_request p, position at_least,
                               answer_to<page<purchase_row>> done) {
  const auto asked = page_of(as_seller ? "sales" : "purchases", {of.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  const std::string whose = as_seller ? "p.seller" : "p.buyer";
  desk_.ask(at_least,
            purchase_columns + "WHERE " + whose + " = $1 AND p.position < $2 ORDER BY p.position DESC LIMIT $3",
            parameters{}.text(of.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<purchase_row>(*asked, read_purchase, at_number(purchase_position)));
}

void market_queries::balances(const account_name& of, position at_least, answer_to<std::vector<balance_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), not_sql_text);
  const auto read = [](const rows& r, std::size_t i) {
    return balance_row{r.text(i, 0), signed_int8(r, i, 1), signed_int8(r, i, 2), signed_int8(r, i, 3)};
  };
  desk_.ask(at_least, "SELECT currency, balance, outgoing, incoming FROM accounts WHERE account = $1 ORDER BY currency",
            parameters{}.text(of.text), std::move(done), all<balance_row>(read));
}

void market_queries::holds(const account_name& of, page_request p, position at_least, answer_to<page<hold_row>> done) {
  const auto asked = page_of("holds", {of.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            hold_columns + "WHERE debit = $1 AND status = 'held' AND position < $2 ORDER BY position DESC LIMIT $3",
            parameters{}.text(of.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<hold_row>(*asked, read_hold, at_number(hold_position)));
}

void market_queries::entries(const entry_filter& f, page_request p, position at_least,
                             answer_to<page<entry_row>> done) {
  const auto asked = page_of("entries", {f.account.text, f.currency}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  // Two statements, so that each has a plan of its own: one account's entries are found by its index.
  const std::string whose = f.account.empty() ? "WHERE $1 = '' " : "WHERE account = $1 ";
  parameters values;
  values.text(f.account.text).int8(asked->after.number).text(asked->after.text).text(f.currency).int8(asked->rows());
  desk_.ask(at_least,
            entry_columns + whose +
                "AND (position, side) < ($2, $3) AND ($4 = '' OR currency = $4) "
                "ORDER BY position DESC, side DESC LIMIT $5",
            std::move(values), std::move(done), paged<entry_row>(*asked, read_entry, [](const rows& r, std::size_t i) {
              return cursor{r.int8(i, 0), r.text(i, 1), {}};
            }));
}

} // namespace parley
