#pragma once
// The tables of money and market in memory (read_tables.hpp says how all of them are).

#include "projections/changes.hpp"
#include "tests/simulation/machine/column.hpp"

#include <map>
#include <tuple>

namespace parley::simulation {

struct account_line {
  std::string currency, account;
  std::int64_t balance = 0, outgoing = 0, incoming = 0;
  parley::version version = 0;

  using key = std::pair<std::string, std::string>; ///< account, currency
  static constexpr std::string_view table = "accounts";
  static constexpr auto columns() {
    using row = account_line;
    return std::tuple{column{"currency", &row::currency}, column{"account", &row::account},
                      column{"balance", &row::balance},   column{"outgoing", &row::outgoing},
                      column{"incoming", &row::incoming}, column{"version", &row::version}};
  }
  friend bool operator==(const account_line&, const account_line&) = default;
};

struct entry_line {
  parley::position position = 0;
  std::string side, currency, account, counterparty, transfer_id;
  std::uint64_t amount = 0;
  std::int64_t balance = 0;
  std::string reference;
  time_point made_at;

  using key = std::pair<parley::position, std::string>; ///< position, side
  static constexpr std::string_view table = "entries";
  static constexpr auto columns() {
    using row = entry_line;
    return std::tuple{column{"position", &row::position},
                      column{"side", &row::side},
                      column{"currency", &row::currency},
                      column{"account", &row::account},
                      column{"counterparty", &row::counterparty},
                      column{"transfer_id", &row::transfer_id},
                      column{"amount", &row::amount},
                      column{"balance", &row::balance},
                      column{"reference", &row::reference},
                      column{"made_at", &row::made_at}};
  }
  friend bool operator==(const entry_line&, const entry_line&) = default;
};

struct hold_line {
  std::string transfer_id, currency, debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  time_point held_at;
  std::optional<time_point> expires_at;
  std::string status;
  std::uint64_t posted = 0;
  std::optional<time_point> ended_at;
  parley::position position = 0;

  using key = std::string;
  static constexpr std::string_view table = "holds";
  static constexpr auto columns() {
    using row = hold_line;
    return std::tuple{column{"transfer_id", &row::transfer_id},
                      column{"currency", &row::currency},
                      column{"debit", &row::debit},
                      column{"credit", &row::credit},
                      column{"amount", &row::amount},
                      column{"reference", &row::reference},
                      column{"held_at", &row::held_at},
                      column{"expires_at", &row::expires_at},
                      column{"status", &row::status},
                      column{"posted", &row::posted},
                      column{"ended_at", &row::ended_at},
                      column{"position", &row::position}};
  }
  friend bool operator==(const hold_line&, const hold_line&) = default;
};

struct listing_line {
  std::string id, seller, title, description;
  std::uint64_t price = 0;
  std::string currency;
  std::int64_t stock = 0;
  bool closed = false;
  time_point created_at, changed_at;
  parley::position position = 0;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "listings";
  static constexpr auto columns() {
    using row = listing_line;
    return std::tuple{column{"id", &row::id},
                      column{"seller", &row::seller},
                      column{"title", &row::title},
                      column{"description", &row::description},
                      column{"price", &row::price},
                      column{"currency", &row::currency},
                      column{"stock", &row::stock},
                      column{"closed", &row::closed},
                      column{"created_at", &row::created_at},
                      column{"changed_at", &row::changed_at},
                      column{"position", &row::position},
                      column{"version", &row::version}};
  }
  friend bool operator==(const listing_line&, const listing_line&) = default;
};

struct purchase_line {
  std::string id, listing_id, buyer, seller;
  std::uint64_t quantity = 0, price = 0, amount = 0;
  std::string currency, status, code;
  time_point requested_at;
  std::optional<time_point> ended_at;
  parley::position position = 0;

  using key = std::string;
  static constexpr std::string_view table = "purchases";
  static constexpr auto columns() {
    using row = purchase_line;
    return std::tuple{column{"id", &row::id},
                      column{"listing_id", &row::listing_id},
                      column{"buyer", &row::buyer},
                      column{"seller", &row::seller},
                      column{"quantity", &row::quantity},
                      column{"price", &row::price},
                      column{"amount", &row::amount},
                      column{"currency", &row::currency},
                      column{"status", &row::status},
                      column{"code", &row::code},
                      column{"requested_at", &row::requested_at},
                      column{"ended_at", &row::ended_at},
                      column{"position", &row::position}};
  }
  friend bool operator==(const purchase_line&, const purchase_line&) = default;
};

template <class Row>
using lines_of = std::map<typename Row::key, Row>;

// As the statements of projections/pg/tables_market.cpp do.
void write_accounts(lines_of<account_line>& accounts, lines_of<entry_line>& entries, const account_changes& changes);
void write_holds(lines_of<hold_line>& holds, const hold_changes& changes);
void write_listings(lines_of<listing_line>& listings, const listing_changes& changes);
void write_purchases(lines_of<purchase_line>& purchases, const purchase_changes& changes);

} // namespace parley::simulation
