#pragma once
// The questions of market_reads.hpp over PostgreSQL. One instance an io loop, beside its desk.

#include "projections/queries/question_desk.hpp"
#include "projections/reads/market_reads.hpp"

namespace parley {

class market_queries final : public market_reads {
public:
  /// `desk` outlives it.
  explicit market_queries(question_desk& desk)
    : desk_{desk} {}

  void listing(const listing_id& id, position at_least, answer_to<std::optional<listing_row>> done) override;
  void listings(const listing_filter& which, page_request p, position at_least,
                answer_to<page<listing_row>> done) override;
  void purchase(const purchase_id& id, position at_least, answer_to<std::optional<purchase_row>> done) override;
  void purchases(const user_id& of, bool as_seller, page_request p, position at_least,
                 answer_to<page<purchase_row>> done) override;
  void balances(const account_name& of, position at_least, answer_to<std::vector<balance_row>> done) override;
  void holds(const account_name& of, page_request p, position at_least, answer_to<page<hold_row>> done) override;
  void entries(const entry_filter& which, page_request p, position at_least, answer_to<page<entry_row>> done) override;

private:
  question_desk& desk_;
};

} // namespace parley
