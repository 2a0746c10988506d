#pragma once
// A ledger's books in a log, and what is in somebody's wallet by them.

#include "actors/domain/market/ledger.hpp"
#include "tests/support/log/streams.hpp"

namespace parley::test {

inline const stream_id eur = domain::ledger_of("EUR");

inline std::int64_t balance(const domain::ledger::state& books, const std::string& user) {
  const auto at = books.accounts.find(domain::wallet_of({user}));
  return at == books.accounts.end() ? 0 : at->second.balance;
}
inline std::int64_t balance(const event_log& log, const std::string& user) {
  return balance(fold<domain::ledger>(log, eur), user);
}

} // namespace parley::test
