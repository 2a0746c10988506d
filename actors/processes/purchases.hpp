#pragma once
// How a purchase is paid, step by step through the log: the listing has reserved the stock (`purchase-requested`), so
// the ledger moves the money; it did (`transferred`), so the purchase is completed; it refused (`transfer-refused`), so
// the purchase fails and the stock is back. A seller is told of each sale. The transfer's id is made of the purchase's,
// so however often a step is repeated, a purchase is paid once; and only a transfer with that id and that reference
// says anything about it.

#include "actors/processes/process.hpp"

namespace parley {

inline constexpr std::string_view purchases_process = "purchases";
[[nodiscard]] std::vector<errand> react_to_purchase(const record& r, const event& content);

} // namespace parley
