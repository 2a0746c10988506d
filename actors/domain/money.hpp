#pragma once
// Money: whole minor units (cents) of a currency. Pure.
//
// No sum that anybody sees exceeds `balance_max`, up to which JavaScript holds integers exactly: some 90 trillion euros
// in one account. What is in it and what is on its way to it are bounded together, so whatever was accepted can be
// carried out, and no 64-bit arithmetic on such numbers overflows.

#include <cstdint>
#include <string_view>

namespace parley::domain {

inline constexpr std::uint64_t balance_max = (std::uint64_t{1} << 53) - 1;
inline constexpr auto signed_balance_max = static_cast<std::int64_t>(balance_max);
/// One movement: ten billion euros. So no single transfer brings an account to its bound.
inline constexpr std::uint64_t amount_max = 1'000'000'000'000;

/// Of an amount that was checked.
[[nodiscard]] constexpr std::int64_t as_signed(std::uint64_t amount) noexcept {
  return static_cast<std::int64_t>(amount);
}

/// An ISO 4217 code in force: three upper-case letters. Asked when something begins; what was agreed before a currency
/// went out of force still ends in it (market/ledger.hpp).
[[nodiscard]] bool is_currency(std::string_view code) noexcept;

} // namespace parley::domain
