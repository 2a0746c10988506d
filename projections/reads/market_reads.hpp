#pragma once
// The read models of money and market as REST sees them (read_models.hpp says how questions are asked and answered).
// Lists come newest first.

#include "events/ledger_events.hpp"
#include "events/listing_events.hpp"
#include "projections/reads/read_models.hpp"

namespace parley {

/// What an account has in one currency, in minor units.
struct balance_row {
  std::string currency;
  std::int64_t balance = 0;
  std::int64_t outgoing = 0; ///< on hold: not to be spent
  std::int64_t incoming = 0; ///< on hold for it: not there yet
};

/// One side of one movement.
struct entry_row {
  position at_position = 0;
  bool credit = false; ///< got, else gave
  std::string currency;
  account_name account, counterparty;
  transfer_id transfer;
  std::uint64_t amount = 0;
  std::int64_t balance = 0; ///< of the account after it
  std::string reference;
  time_point at;
};

struct hold_row {
  transfer_id transfer;
  std::string currency;
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  time_point held_at;
  std::optional<time_point> expires_at;
};

struct listing_row {
  listing_id id;
  user_id seller;
  std::string title, description;
  std::uint64_t price = 0;
  std::string currency;
  std::uint64_t stock = 0;
  bool closed = false;
  time_point created_at, changed_at;
  parley::version version = 0;
};

struct purchase_row {
  purchase_id id;
  listing_id listing;
  std::string title; ///< the listing's, as it is now
  user_id buyer, seller;
  std::uint64_t quantity = 0, price = 0, amount = 0;
  std::string currency, status, code;
  time_point requested_at;
  std::optional<time_point> ended_at;
};

/// Which listings; what is left empty asks for nothing. Closed ones are never listed.
struct listing_filter {
  std::string search; ///< part of the title or description, without case
  user_id seller;
  std::string currency;
  std::uint64_t price_min = 0;
  std::uint64_t price_max = std::numeric_limits<std::int64_t>::max();
  std::optional<bool> in_stock;
};

struct entry_filter {
  account_name account; ///< empty: everyone's
  std::string currency; ///< empty: any
};

class market_reads {
public:
  virtual ~market_reads() = default;
  virtual void listing(const listing_id& id, position at_least, answer_to<std::optional<listing_row>> done) = 0;
  virtual void listings(const listing_filter& which, page_request p, position at_least,
                        answer_to<page<listing_row>> done) = 0;
  virtual void purchase(const purchase_id& id, position at_least, answer_to<std::optional<purchase_row>> done) = 0;
  /// Of a buyer, or of a seller.
  virtual void purchases(const user_id& of, bool as_seller, page_request p, position at_least,
                         answer_to<page<purchase_row>> done) = 0;
  /// By currency.
  virtual void balances(const account_name& of, position at_least, answer_to<std::vector<balance_row>> done) = 0;
  /// What an account gave and has not given yet.
  virtual void holds(const account_name& of, page_request p, position at_least, answer_to<page<hold_row>> done) = 0;
  virtual void entries(const entry_filter& which, page_request p, position at_least,
                       answer_to<page<entry_row>> done) = 0;
};

} // namespace parley
