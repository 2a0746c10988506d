#pragma once
// What happens to an offer of the market and to its purchases (stream `listing/<listingId>`). A purchase takes its
// stock when it is requested, and gives it back if it fails; the money moves in between, in the ledger.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <variant>

namespace parley {
using listing_id = text_id<struct listing_tag>;
using purchase_id = text_id<struct purchase_tag>; ///< `<listingId>.<its own part>`: it names the stream it lives in
} // namespace parley

namespace parley::events {

struct listing_created {
  static constexpr std::string_view type = "listing-created";
  static constexpr int schema = 1;
  listing_id listing;
  user_id seller;
  std::string title, description;
  std::uint64_t price = 0; ///< of one, in minor units of the currency
  std::string currency;    ///< ISO 4217
  std::uint64_t stock = 0;
  static constexpr auto fields() {
    return std::tuple{stored("listingId", &listing_created::listing),
                      stored("sellerId", &listing_created::seller),
                      stored("priceMinor", &listing_created::price),
                      stored("currency", &listing_created::currency),
                      stored("stock", &listing_created::stock),
                      personal("title", &listing_created::title),
                      personal("description", &listing_created::description)};
  }
  friend bool operator==(const listing_created&, const listing_created&) = default;
};

/// Only what changed is there. Purchases under way keep the price they were asked for.
struct listing_changed {
  static constexpr std::string_view type = "listing-changed";
  static constexpr int schema = 1;
  std::optional<std::string> title, description;
  std::optional<std::uint64_t> price;
  std::optional<std::string> currency;
  std::optional<std::uint64_t> stock; ///< left for sale now, without what is reserved
  static constexpr auto fields() {
    return std::tuple{stored("priceMinor", &listing_changed::price), stored("currency", &listing_changed::currency),
                      stored("stock", &listing_changed::stock), personal("title", &listing_changed::title),
                      personal("description", &listing_changed::description)};
  }
  friend bool operator==(const listing_changed&, const listing_changed&) = default;
};

/// Nothing is sold any more. Purchases under way end as they would.
struct listing_closed {
  static constexpr std::string_view type = "listing-closed";
  static constexpr int schema = 1;
  user_id by;
  static constexpr auto fields() { return std::tuple{stored("by", &listing_closed::by)}; }
  friend bool operator==(const listing_closed&, const listing_closed&) = default;
};

/// The stock is reserved; the money is to be moved.
struct purchase_requested {
  static constexpr std::string_view type = "purchase-requested";
  static constexpr int schema = 1;
  purchase_id purchase;
  user_id buyer, seller;
  std::uint64_t quantity = 0, price = 0, amount = 0; ///< amount = quantity * price
  std::string currency;
  static constexpr auto fields() {
    return std::tuple{
        stored("purchaseId", &purchase_requested::purchase), stored("buyerId", &purchase_requested::buyer),
        stored("sellerId", &purchase_requested::seller),     stored("quantity", &purchase_requested::quantity),
        stored("priceMinor", &purchase_requested::price),    stored("amountMinor", &purchase_requested::amount),
        stored("currency", &purchase_requested::currency)};
  }
  friend bool operator==(const purchase_requested&, const purchase_requested&) = default;
};

/// Paid.
struct purchase_completed {
  static constexpr std::string_view type = "purchase-completed";
  static constexpr int schema = 1;
  purchase_id purchase;
  user_id buyer, seller;
  std::uint64_t quantity = 0, amount = 0;
  std::string currency;
  static constexpr auto fields() {
    return std::tuple{
        stored("purchaseId", &purchase_completed::purchase), stored("buyerId", &purchase_completed::buyer),
        stored("sellerId", &purchase_completed::seller),     stored("quantity", &purchase_completed::quantity),
        stored("amountMinor", &purchase_completed::amount),  stored("currency", &purchase_completed::currency)};
  }
  friend bool operator==(const purchase_completed&, const purchase_completed&) = default;
};

/// No money moved; the stock is back.
struct purchase_failed {
  static constexpr std::string_view type = "purchase-failed";
  static constexpr int schema = 1;
  purchase_id purchase;
  user_id buyer;
  std::uint64_t quantity = 0;
  std::string code; ///< why (schema/errors.md): insufficient_funds, …
  static constexpr auto fields() {
    return std::tuple{stored("purchaseId", &purchase_failed::purchase), stored("buyerId", &purchase_failed::buyer),
                      stored("quantity", &purchase_failed::quantity), stored("code", &purchase_failed::code)};
  }
  friend bool operator==(const purchase_failed&, const purchase_failed&) = default;
};

using listing_event = std::variant<listing_created, listing_changed, listing_closed, purchase_requested,
                                   purchase_completed, purchase_failed>;

} // namespace parley::events
