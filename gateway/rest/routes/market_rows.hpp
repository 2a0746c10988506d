#pragma once
// Rows of money and market as clients see them: JSON object text. Sums are integers of minor units. Pure.

#include "projections/reads/market_reads.hpp"

namespace parley::gateway {

/// The shape of domain::listing::reply.
[[nodiscard]] std::string to_json(const listing_row& row);
[[nodiscard]] std::string to_json(const purchase_row& row);
/// {id, transferId, userId, account, type, direction, amountMinor, currency, balanceMinor, reference, counterparty,
/// counterpartyId?, createdAt}
[[nodiscard]] std::string to_json(const entry_row& row);
[[nodiscard]] std::string to_json(const hold_row& row);
/// {userId, balances: [{currency, balanceMinor, heldMinor, availableMinor, incomingMinor}], and flat the same of EUR,
/// or of the first currency there is}; zeros in EUR for who has nothing.
[[nodiscard]] std::string wallet_json(const user_id& of, const std::vector<balance_row>& balances);

} // namespace parley::gateway
