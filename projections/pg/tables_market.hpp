#pragma once
// How money and market become SQL (tables.cpp says how all of them do).

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

namespace parley::pg {

/// Entries come before accounts: each adds up from what its account had before the batch.
[[nodiscard]] result<void> queue_accounts(connection& db, const account_changes& changes);
[[nodiscard]] result<void> queue_holds(connection& db, const hold_changes& changes);
[[nodiscard]] result<void> queue_listings(connection& db, const listing_changes& changes);
[[nodiscard]] result<void> queue_purchases(connection& db, const purchase_changes& changes);

} // namespace parley::pg
