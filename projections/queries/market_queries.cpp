#include "projections/queries/market_queries.hpp"

#include <limits>

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

/// Lists are newest first: the first page begins before the greatest position.
const cursor newest{std::uint64_t{std::numeric_limits<std::int64_t>::max()}, {}, {}};

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

/// A page of rows whose cursor is the position in one of the columns.
template <class Row, class Read>
auto page_by(int position_column, std::size_t limit, std::string list, Read read) {
  return [=](const rows& r) -> result<page<Row>> {
    return read_page<Row>(r, limit, list, read, [position_column](const rows& all, std::size_t i) {
      return cursor{all.int8(i, position_column), {}, {}};
    });
  };
}

const error no_id{errc::malformed, "this is no id", 0};

} // namespace

void market_queries::listing(const listing_id& id, position at_least, answer_to<std::optional<listing_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), no_id);
  desk_.ask(at_least, listing_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<listing_row>(read_listing));
}

void market_queries::listings(const listing_filter& f, page_request p, position at_least,
                              answer_to<page<listing_row>> done) {
  if (!is_sql_text(f.search) || !is_sql_text(f.seller.text) || !is_sql_text(f.currency))
    return desk_.refuse(std::move(done), {errc::malformed, "this is no text to search for", 0});
  const std::string stock = !f.in_stock ? "any" : *f.in_stock ? "some" : "none";
  const auto list = "listings|" + f.seller.text + '|' + f.currency + '|' + std::to_string(f.price_min) + '|' +
                    std::to_string(f.price_max) + '|' + stock + '|' + f.search;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least,
            listing_columns +
                "WHERE NOT closed AND position < $1 AND price BETWEEN $2 AND $3 AND ($4 = '' OR seller = $4) "
                "AND ($5 = '' OR currency = $5) AND ($6 = 'any' OR ($6 = 'some') = (stock > 0)) AND ($7 = '' OR "
                "strpos(lower((title || E'\\n' || description) COLLATE \"und-x-icu\"), "
                "lower($7 COLLATE \"und-x-icu\")) > 0) ORDER BY position DESC LIMIT $8",
            parameters{}
                .int8(after->number)
                .int8(f.price_min)
                .int8(f.price_max)
                .text(f.seller.text)
                .text(f.currency)
                .text(stock)
                .text(f.search)
                .int8(limit + 1),
            std::move(done), page_by<listing_row>(listing_position, limit, list, read_listing));
}

void market_queries::purchase(const purchase_id& id, position at_least, answer_to<std::optional<purchase_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), no_id);
  desk_.ask(at_least, purchase_columns + "WHERE p.id = $1", parameters{}.text(id.text), std::move(done),
            one<purchase_row>(read_purchase));
}

void market_queries::purchases(const user_id& of, bool as_seller, page_request p, position at_least,
                               answer_to<page<purchase_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), no_id);
  const auto list = (as_seller ? "sales|" : "purchases|") + of.text;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  const std::string whose = as_seller ? "p.seller" : "p.buyer";
  desk_.ask(at_least,
            purchase_columns + "WHERE " + whose + " = $1 AND p.position < $2 ORDER BY p.position DESC LIMIT $3",
            parameters{}.text(of.text).int8(after->number).int8(limit + 1), std::move(done),
            page_by<purchase_row>(purchase_position, limit, list, read_purchase));
}

void market_queries::balances(const account_name& of, position at_least, answer_to<std::vector<balance_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), no_id);
  desk_.ask(
      at_least, "SELECT currency, balance, outgoing, incoming FROM accounts WHERE account = $1 ORDER BY currency",
      parameters{}.text(of.text), std::move(done), [](const rows& r) -> result<std::vector<balance_row>> {
        return read_all<balance_row>(r, [](const rows& all, std::size_t i) {
          return balance_row{all.text(i, 0), signed_int8(all, i, 1), signed_int8(all, i, 2), signed_int8(all, i, 3)};
        });
      });
}

void market_queries::holds(const account_name& of, page_request p, position at_least, answer_to<page<hold_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), no_id);
  const auto list = "holds|" + of.text;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least,
            hold_columns + "WHERE debit = $1 AND status = 'held' AND position < $2 ORDER BY position DESC LIMIT $3",
            parameters{}.text(of.text).int8(after->number).int8(limit + 1), std::move(done),
            page_by<hold_row>(hold_position, limit, list, read_hold));
}

void market_queries::entries(const entry_filter& f, page_request p, position at_least,
                             answer_to<page<entry_row>> done) {
  if (!is_sql_text(f.account.text) || !is_sql_text(f.currency)) return desk_.refuse(std::move(done), no_id);
  const auto list = "entries|" + f.account.text + '|' + f.currency;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  // Two statements, so that each has a plan of its own: one account's entries are found by its index.
  const std::string whose = f.account.empty() ? "WHERE $1 = '' " : "WHERE account = $1 ";
  desk_.ask(at_least,
            entry_columns + whose +
                "AND (position, side) < ($2, $3) AND ($4 = '' OR currency = $4) "
                "ORDER BY position DESC, side DESC LIMIT $5",
            parameters{}.text(f.account.text).int8(after->number).text(after->text).text(f.currency).int8(limit + 1),
            std::move(done), [limit, list](const rows& r) -> result<page<entry_row>> {
              return read_page<entry_row>(r, limit, list, read_entry, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, 0), all.text(i, 1), {}};
              });
            });
}

} // namespace parley
