#pragma once
// An offer of the market: so many of something at a price (stream `listing/<listingId>`). A purchase reserves its stock
// here, is paid in the ledger by the process `purchases`, and then completes, or fails and gives its stock back. So
// nothing is sold twice, and nothing is paid that is not there.

#include "actors/domain/decision.hpp"
#include "actors/domain/recent.hpp"
#include "events/listing_events.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t listing_id_bytes_max = 64;
inline constexpr std::size_t purchase_id_bytes_max = 100; ///< it is part of a transfer's id and reference
inline constexpr std::size_t listing_title_bytes_max = 200;
inline constexpr std::size_t listing_description_bytes_max = 16 * 1024;
inline constexpr std::uint64_t stock_max = 1'000'000'000;
inline constexpr std::size_t purchases_open_max = 1'000;  ///< of one listing, not yet paid or refused
inline constexpr std::size_t purchases_settled_max = 256; ///< whose end is remembered

struct listing {
  struct purchase_state {
    user_id buyer;
    std::uint64_t quantity = 0, amount = 0;
    std::string currency;
  };
  struct settled_purchase {
    purchase_state purchase;
    std::string status; ///< completed, failed
    std::string code;   ///< why it failed
  };
  struct state {
    listing_id id; ///< empty: never created
    user_id seller;
    std::string title, description;
    std::uint64_t price = 0; ///< of one, in minor units
    std::string currency;
    std::uint64_t stock = 0; ///< for sale now, without what is reserved
    bool closed = false;
    time_point created_at, changed_at;
    std::map<purchase_id, purchase_state> open;
    recent<purchase_id, settled_purchase, purchases_settled_max> settled; ///< not part of a snapshot
  };

  /// Repeated by the seller with the same content: no event. errc::conflict for anything else under this id;
  /// errc::wrong_currency, errc::invalid for a price, a stock or a text out of bounds.
  struct create {
    listing_id id;
    std::string title, description;
    std::uint64_t price = 0;
    std::string currency;
    std::uint64_t stock = 1;
  };
  /// By the seller: errc::forbidden. Only what is given changes. errc::listing_not_found, errc::listing_closed.
  /// `stock` takes the place of what is for sale, whatever was bought since the seller looked: right after counting, or
  /// with the version that was seen. `stock_delta` adds to it or takes from it and so undoes nobody's purchase:
  /// errc::out_of_stock when less is left, errc::malformed with both.
  struct change {
    std::optional<std::string> title, description;
    std::optional<std::uint64_t> price;
    std::optional<std::string> currency;
    std::optional<std::uint64_t> stock;
    std::optional<std::int64_t> stock_delta = std::nullopt;
  };
  /// By the seller. Closed already: no event.
  struct close {};
  /// errc::own_listing, errc::out_of_stock, errc::listing_closed; errc::conflict when the price is not the one that the
  /// buyer saw (when told), errc::wrong_currency likewise, and when the price is in one that is not in force;
  /// errc::invalid for a quantity or a sum that cannot be.
  struct purchase {
    purchase_id id;
    std::uint64_t quantity = 1;
    std::optional<std::uint64_t> price_seen;
    std::string currency_seen; ///< empty: whatever it is
  };
  /// The money moved. Unknown or settled purchases: no event.
  struct complete_purchase {
    purchase_id id;
  };
  /// It did not.
  struct fail_purchase {
    purchase_id id;
    std::string code;
  };
  /// A question. errc::not_found for a purchase that was never there, or ended long ago. With `when_ended` the shell
  /// waits a while before it asks (actors/listing_actor.hpp).
  struct read_purchase {
    purchase_id id;
    bool when_ended = false;
  };

  using command = std::variant<create, change, close, purchase, complete_purchase, fail_purchase, read_purchase>;
  using event = events::listing_event;
  static constexpr std::string_view family = "listing";
  static constexpr bool is_followed = true;
  static constexpr int snapshot_schema = 1;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// create, change, close: {id, listingId, title, description, priceMinor, currency, stock, inStock, sellerId, status,
  /// createdAt, updatedAt}; purchase, read_purchase: {id, purchaseId, listingId, buyerId, quantity, amountMinor,
  /// currency, status: pending | completed | failed, code?}; the process's: {}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

[[nodiscard]] stream_id stream_of(const listing_id& id);
/// The listing a purchase is of; empty when the id is none of a purchase.
[[nodiscard]] listing_id listing_of(const purchase_id& id);

} // namespace parley::domain
