#pragma once
// The read models of money and market that say what a test puts into them.

#include "projections/reads/market_reads.hpp"

namespace parley::gateway::testing {

class told_market_reads final : public market_reads {
public:
  void listing(const listing_id& id, position p, answer_to<std::optional<listing_row>> done) override {
    say(p, done, find(listing_rows, [&](const listing_row& r) { return r.id == id; }));
  }
  void listings(const listing_filter& f, page_request pr, position p, answer_to<page<listing_row>> done) override {
    filter = f;
    say(p, done, paged(listing_rows, pr));
  }
  void purchase(const purchase_id& id, position p, answer_to<std::optional<purchase_row>> done) override {
    say(p, done, find(purchase_rows, [&](const purchase_row& r) { return r.id == id; }));
  }
  void purchases(const user_id& of, bool as_seller, page_request pr, position p,
                 answer_to<page<purchase_row>> done) override {
    searched = (as_seller ? "seller " : "buyer ") + of.text;
    say(p, done, paged(purchase_rows, pr));
  }
  void balances(const account_name& of, position p, answer_to<std::vector<balance_row>> done) override {
    searched = of.text;
    say(p, done, balance_rows);
  }
  void holds(const account_name& of, page_request pr, position p, answer_to<page<hold_row>> done) override {
    searched = of.text;
    say(p, done, paged(hold_rows, pr));
  }
  void entries(const entry_filter& f, page_request pr, position p, answer_to<page<entry_row>> done) override {
    searched = f.account.text + ' ' + f.currency;
    say(p, done, paged(entry_rows, pr));
  }

  std::optional<error> fails;
  std::vector<listing_row> listing_rows;
  std::vector<purchase_row> purchase_rows;
  std::vector<balance_row> balance_rows;
  std::vector<hold_row> hold_rows;
  std::vector<entry_row> entry_rows;
  std::string next;
  // what was asked last
  listing_filter filter;
  std::string searched;
  page_request asked;
  position at_least = 0;

private:
  template <class T, class Value>
  void say(position p, const answer_to<T>& done, Value v) {
    at_least = p;
    if (fails) return done(tl::make_unexpected(*fails));
    done(T{std::move(v)});
  }
  template <class Row, class Is>
  static std::optional<Row> find(const std::vector<Row>& rows, Is is) {
    const auto at = std::find_if(rows.begin(), rows.end(), is);
    return at == rows.end() ? std::nullopt : std::optional<Row>{*at};
  }
  template <class Row>
  page<Row> paged(const std::vector<Row>& rows, const page_request& pr) {
    asked = pr;
    return {rows, next};
  }
};

} // namespace parley::gateway::testing
