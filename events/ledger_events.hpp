#pragma once
// What happens to money: one stream a currency (`ledger/<ISO 4217 code>`), double entry. Every event names the account
// that is debited (it gives) and the one that is credited (it gets) the same amount, in minor units, so the sum over
// all accounts is zero after each. And the claim on a transfer's id (stream `transfer/<id>`), which is used once, ever.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <variant>

namespace parley {
using transfer_id = text_id<struct transfer_tag>;
using account_name = text_id<struct account_name_tag>; ///< `wallet:<userId>`, `world`, `fees`, `escrow`
} // namespace parley

namespace parley::events {

/// Moved at once.
struct transferred {
  static constexpr std::string_view type = "transferred";
  static constexpr int schema = 1;
  transfer_id transfer;
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference; ///< what it is for: `deposit:<id>`, `purchase:<id>`, `booking:<id>`
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &transferred::transfer), stored("debit", &transferred::debit),
                      stored("credit", &transferred::credit), stored("amountMinor", &transferred::amount),
                      stored("reference", &transferred::reference)};
  }
  friend bool operator==(const transferred&, const transferred&) = default;
};

/// Set aside: the debit account cannot spend it any more, the credit account does not have it yet. Ends exactly once:
/// posted, voided or expired.
struct held {
  static constexpr std::string_view type = "held";
  static constexpr int schema = 1;
  transfer_id transfer;
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  std::optional<time_point> expires_at;
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &held::transfer), stored("debit", &held::debit),
                      stored("credit", &held::credit),       stored("amountMinor", &held::amount),
                      stored("reference", &held::reference), stored("expiresAt", &held::expires_at)};
  }
  friend bool operator==(const held&, const held&) = default;
};

/// A hold became a movement of `amount`; the rest of it was released.
struct posted {
  static constexpr std::string_view type = "posted";
  static constexpr int schema = 1;
  transfer_id transfer;
  account_name debit, credit;
  std::uint64_t amount = 0, released = 0;
  std::string reference;
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &posted::transfer),    stored("debit", &posted::debit),
                      stored("credit", &posted::credit),          stored("amountMinor", &posted::amount),
                      stored("releasedMinor", &posted::released), stored("reference", &posted::reference)};
  }
  friend bool operator==(const posted&, const posted&) = default;
};

/// A hold was released.
struct voided {
  static constexpr std::string_view type = "voided";
  static constexpr int schema = 1;
  transfer_id transfer;
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &voided::transfer), stored("debit", &voided::debit),
                      stored("credit", &voided::credit), stored("amountMinor", &voided::amount),
                      stored("reference", &voided::reference)};
  }
  friend bool operator==(const voided&, const voided&) = default;
};

/// A hold was released because its time was over.
struct hold_expired {
  static constexpr std::string_view type = "hold-expired";
  static constexpr int schema = 1;
  transfer_id transfer;
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &hold_expired::transfer), stored("debit", &hold_expired::debit),
                      stored("credit", &hold_expired::credit), stored("amountMinor", &hold_expired::amount),
                      stored("reference", &hold_expired::reference)};
  }
  friend bool operator==(const hold_expired&, const hold_expired&) = default;
};

/// A step of a saga could not be done; no money moved. The id of a refused transfer or hold is used up all the same, so
/// that what was told as refused cannot happen later.
struct transfer_refused {
  static constexpr std::string_view type = "transfer-refused";
  static constexpr int schema = 1;
  transfer_id transfer;
  std::string step; ///< transfer, hold, post, void
  account_name debit, credit;
  std::uint64_t amount = 0; ///< what was asked for
  std::string reference;    ///< of the command that was refused
  std::string code;         ///< schema/errors.md
  static constexpr auto fields() {
    return std::tuple{stored("transferId", &transfer_refused::transfer),
                      stored("step", &transfer_refused::step),
                      stored("debit", &transfer_refused::debit),
                      stored("credit", &transfer_refused::credit),
                      stored("amountMinor", &transfer_refused::amount),
                      stored("reference", &transfer_refused::reference),
                      stored("code", &transfer_refused::code)};
  }
  friend bool operator==(const transfer_refused&, const transfer_refused&) = default;
};

/// The id belongs to this transfer, or to this refusal; the stream's only event.
struct transfer_claimed {
  static constexpr std::string_view type = "transfer-claimed";
  static constexpr int schema = 1;
  std::string currency;
  bool pending = false; ///< held, not moved at once
  account_name debit, credit;
  std::uint64_t amount = 0;
  std::string reference;
  std::string refused; ///< the code; empty: not refused
  static constexpr auto fields() {
    return std::tuple{
        stored("currency", &transfer_claimed::currency),  stored("pending", &transfer_claimed::pending),
        stored("debit", &transfer_claimed::debit),        stored("credit", &transfer_claimed::credit),
        stored("amountMinor", &transfer_claimed::amount), stored("reference", &transfer_claimed::reference),
        stored("refused", &transfer_claimed::refused)};
  }
  friend bool operator==(const transfer_claimed&, const transfer_claimed&) = default;
};

using ledger_event = std::variant<transferred, held, posted, voided, hold_expired, transfer_refused>;
using transfer_event = std::variant<transfer_claimed>;

} // namespace parley::events
