#pragma once
// Read models of the ledgers (from `ledger/…`): what each account has, and the entries that made it so: two for each
// movement, one a side. Balances are changes by so much, which each batch adds once; an entry knows what its account
// had after it.

#include "events/record.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace parley {

struct account_changes {
  /// How much more, or less, an account has after the batch.
  struct change {
    std::int64_t balance = 0, outgoing = 0, incoming = 0;
    parley::version version = 0; ///< of the ledger
  };
  struct entry {
    parley::position position = 0;
    bool credit = false; ///< the side: got, else gave
    std::string currency;
    account_name account, counterparty;
    transfer_id transfer;
    std::uint64_t amount = 0;
    std::string reference;
    time_point at;
    std::int64_t balance = 0; ///< of the account after it, less what it was before the batch
  };
  std::map<std::pair<std::string, account_name>, change> rows; ///< by currency and account
  std::vector<entry> entries;                                  ///< new ones only, in the log's order

  void fold(const record& r, const events::ledger_event& e);
};

} // namespace parley
