#include "actors/domain/market/listing.hpp"

#include "actors/domain/money.hpp"
#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"
#include "events/assertion.hpp"

namespace parley::domain {

template <class Fields, class Purchase>
requires std::same_as<std::remove_const_t<Purchase>, listing::purchase_state>
void describe(Fields& f, Purchase& p) {
  f("buyer", p.buyer), f("quantity", p.quantity), f("amount", p.amount), f("currency", p.currency);
}

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, listing::state>
void describe(Fields& f, State& s) {
  f("id", s.id), f("seller", s.seller), f("title", s.title), f("description", s.description), f("price", s.price);
  f("currency", s.currency), f("stock", s.stock), f("closed", s.closed), f("createdAt", s.created_at);
  f("changedAt", s.changed_at), f("open", s.open);
}

namespace {

using decided = decision<listing::event>;

// --- what an offer may be
// ---------------------------------------------------------------------------------------------

result<std::string> title_of(std::string_view text) {
  auto title = clean_line(text, listing_title_bytes_max, "title");
  if (title && title->empty()) return fail(errc::invalid, "title is empty");
  return title;
}

result<std::string> description_of(std::string_view text) {
  if (text.size() > listing_description_bytes_max)
    return fail(errc::too_large,
                "description is longer than " + std::to_string(listing_description_bytes_max) + " bytes");
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
    return fail(errc::invalid, "description is not valid UTF-8, or has a NUL in it");
  return std::string{text};
}

result<void> check_price(std::uint64_t price) {
  if (price < 1 || price > amount_max)
    return fail(errc::invalid, "priceMinor must be 1 to " + std::to_string(amount_max));
  return {};
}

result<void> check_currency(std::string_view currency) {
  if (!is_currency(currency)) return fail(errc::wrong_currency, "currency must be an ISO 4217 code");
  return {};
}

result<void> check_stock(std::uint64_t stock) {
  if (stock > stock_max) return fail(errc::invalid, "stock must be 0 to " + std::to_string(stock_max));
  return {};
}

result<void> check_open(const listing::state& s) {
  if (s.id.empty()) return fail(errc::listing_not_found);
  if (s.closed) return fail(errc::listing_closed);
  return {};
}

result<void> check_seller(const listing::state& s, const context& by) {
  if (s.id.empty()) return fail(errc::listing_not_found);
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (by.user != s.seller) return fail(errc::forbidden, "only the seller may change a listing");
  return {};
}

// --- offering
// ---------------------------------------------------------------------------------------------------------

/// Without a dot: a purchase's id begins with the listing's, and ends its part with one.
bool is_listing_id(std::string_view id) {
  return is_identifier(id, listing_id_bytes_max) && id.find('.') == std::string_view::npos;
}

result<decided> decide_one(const listing::state& s, const listing::create& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (!is_listing_id(c.id.text)) return fail(errc::invalid, "the listing's id is empty, too long or no text");
  auto title = title_of(c.title);
  if (!title) return tl::make_unexpected(std::move(title.error()));
  auto description = description_of(c.description);
  if (!description) return tl::make_unexpected(std::move(description.error()));
  for (auto fits : {check_price(c.price), check_currency(c.currency), check_stock(c.stock)})
    if (!fits) return tl::make_unexpected(std::move(fits.error()));
  const bool same = s.id == c.id && s.seller == by.user && s.title == *title && s.description == *description &&
                    s.price == c.price && s.currency == c.currency && s.stock == c.stock;
  if (!s.id.empty() && !same) return fail(errc::conflict, "there is another listing with this id");
  decided d;
  if (s.id.empty())
    d.events.push_back(events::listing_created{c.id, by.user, std::move(*title), std::move(*description), c.price,
                                               c.currency, c.stock});
  return d;
}

/// What is for sale after the change.
result<std::uint64_t> stock_after(const listing::state& s, const listing::change& c) {
  if (!c.stock_delta) {
    if (auto fits = check_stock(c.stock.value_or(0)); !fits) return tl::make_unexpected(std::move(fits.error()));
    return c.stock.value_or(s.stock);
  }
  constexpr auto max = as_signed(stock_max);
  if (c.stock) return fail(errc::malformed, "send stock or stockDelta, not both");
  if (*c.stock_delta < -max || *c.stock_delta > max) return fail(errc::invalid, "stockDelta is out of bounds");
  const auto left = as_signed(s.stock) + *c.stock_delta;
  if (left < 0) return fail(errc::out_of_stock, "less is left than stockDelta takes away");
  if (*c.stock_delta > 0 && left > max) return fail(errc::invalid, "stock must be 0 to " + std::to_string(stock_max));
  return static_cast<std::uint64_t>(left);
}

/// A price that stands may be in a currency that went out of force since: all else about the offer can be changed.
result<void> check_new_price(const listing::state& s, const listing::change& c) {
  const auto price = c.price.value_or(s.price);
  const auto& currency = c.currency ? *c.currency : s.currency;
  if (price == s.price && currency == s.currency) return {};
  if (auto fits = check_price(price); !fits) return fits;
  return check_currency(currency);
}

/// Keeps `to` when it is another than `now`; looks at nothing else.
template <class T>
void keep_change(std::optional<T>& kept, std::optional<T> to, const T& now, bool& changes) {
  if (!to || *to == now) return;
  kept = std::move(to);
  changes = true;
}

result<decided> decide_one(const listing::state& s, const listing::change& c, const context& by) {
  if (auto may = check_seller(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  if (auto open = check_open(s); !open) return tl::make_unexpected(std::move(open.error()));
  auto title = c.title ? title_of(*c.title) : s.title;
  if (!title) return tl::make_unexpected(std::move(title.error()));
  auto description = c.description ? description_of(*c.description) : s.description;
  if (!description) return tl::make_unexpected(std::move(description.error()));
  if (auto fits = check_new_price(s, c); !fits) return tl::make_unexpected(std::move(fits.error()));
  const auto stock = stock_after(s, c);
  if (!stock) return tl::make_unexpected(stock.error());
  events::listing_changed e;
  bool changes = false;
  keep_change(e.title, std::optional{std::move(*title)}, s.title, changes);
  keep_change(e.description, std::optional{std::move(*description)}, s.description, changes);
  keep_change(e.price, c.price, s.price, changes);
  keep_change(e.currency, c.currency, s.currency, changes);
  keep_change(e.stock, std::optional{*stock}, s.stock, changes);
  decided d;
  if (changes) d.events.push_back(std::move(e));
  return d;
}

result<decided> decide_one(const listing::state& s, const listing::close&, const context& by) {
  if (auto may = check_seller(s, by); !may) return tl::make_unexpected(std::move(may.error()));
  decided d;
  if (!s.closed) d.events.push_back(events::listing_closed{by.user});
  return d;
}

// --- buying
// -----------------------------------------------------------------------------------------------------------

/// Divides instead of multiplying: no product is made that could overflow.
result<void> check_sum(std::uint64_t quantity, std::uint64_t price) {
  if (quantity < 1 || quantity > stock_max)
    return fail(errc::invalid, "quantity must be 1 to " + std::to_string(stock_max));
  if (price > amount_max / quantity) return fail(errc::invalid, "that is more than can be paid at once");
  return {};
}

result<void> check_offer(const listing::state& s, const listing::purchase& c) {
  if (!c.currency_seen.empty() && c.currency_seen != s.currency)
    return fail(errc::wrong_currency, "the price is in " + s.currency);
  if (!is_currency(s.currency)) return fail(errc::wrong_currency, "the price is in a currency that is not in force");
  if (c.price_seen && *c.price_seen != s.price) return fail(errc::conflict, "the price has changed");
  if (auto sum = check_sum(c.quantity, s.price); !sum) return sum;
  if (c.quantity > s.stock) return fail(errc::out_of_stock);
  if (s.open.size() >= purchases_open_max) return fail(errc::unavailable, "too many buy this just now", 1);
  return {};
}

/// Asked once more under its id: the same quantity by the same buyer, or another's.
bool is_same(const listing::purchase_state& p, const listing::purchase& c, const context& by) {
  return p.buyer == by.user && p.quantity == c.quantity;
}

result<decided> decide_one(const listing::state& s, const listing::purchase& c, const context& by) {
  if (by.user.empty()) return fail(errc::unauthenticated);
  if (s.id.empty()) return fail(errc::listing_not_found);
  if (!is_identifier(c.id.text, purchase_id_bytes_max) || listing_of(c.id) != s.id)
    return fail(errc::invalid, "this is no id of a purchase here");
  const auto open = s.open.find(c.id);
  const auto* ended = s.settled.find(c.id);
  if (open != s.open.end() || ended) {
    if (is_same(ended ? ended->purchase : open->second, c, by)) return decided{};
    return fail(errc::conflict, "there is another purchase with this id");
  }
  if (auto sells = check_open(s); !sells) return tl::make_unexpected(std::move(sells.error()));
  if (by.user == s.seller) return fail(errc::own_listing);
  if (auto offered = check_offer(s, c); !offered) return tl::make_unexpected(std::move(offered.error()));
  decided d;
  d.events.push_back(
      events::purchase_requested{c.id, by.user, s.seller, c.quantity, s.price, c.quantity * s.price, s.currency});
  return d;
}

result<decided> decide_one(const listing::state& s, const listing::complete_purchase& c, const context&) {
  decided d;
  if (const auto at = s.open.find(c.id); at != s.open.end()) {
    const auto& p = at->second;
    d.events.push_back(events::purchase_completed{c.id, p.buyer, s.seller, p.quantity, p.amount, p.currency});
  }
  return d;
}

result<decided> decide_one(const listing::state& s, const listing::fail_purchase& c, const context&) {
  decided d;
  if (const auto at = s.open.find(c.id); at != s.open.end())
    d.events.push_back(events::purchase_failed{c.id, at->second.buyer, at->second.quantity, c.code});
  return d;
}

result<decided> decide_one(const listing::state& s, const listing::read_purchase& c, const context&) {
  if (!s.open.contains(c.id) && !s.settled.find(c.id)) return fail(errc::not_found, "no such purchase");
  return decided{};
}

// --- folding
// ----------------------------------------------------------------------------------------------------------

void apply(listing::state& s, const events::listing_created& e, time_point when) {
  s.id = e.listing;
  s.seller = e.seller;
  s.title = e.title;
  s.description = e.description;
  s.price = e.price;
  s.currency = e.currency;
  s.stock = e.stock;
  s.created_at = s.changed_at = when;
}

void apply(listing::state& s, const events::listing_changed& e, time_point when) {
  if (e.title) s.title = *e.title;
  if (e.description) s.description = *e.description;
  if (e.price) s.price = *e.price;
  if (e.currency) s.currency = *e.currency;
  if (e.stock) s.stock = *e.stock;
  s.changed_at = when;
}

void apply(listing::state& s, const events::listing_closed&, time_point when) {
  s.closed = true;
  s.changed_at = when;
}

void apply(listing::state& s, const events::purchase_requested& e, time_point) {
  PARLEY_ASSERT(e.quantity <= s.stock); // nothing is sold that is not there
  s.stock -= e.quantity;
  s.open[e.purchase] = {e.buyer, e.quantity, e.amount, e.currency};
}

void settle(listing::state& s, const purchase_id& id, std::string status, std::string code) {
  auto node = s.open.extract(id);
  PARLEY_ASSERT(!node.empty()); // a purchase ends once
  s.settled.remember(id, {std::move(node.mapped()), std::move(status), std::move(code)});
}

void apply(listing::state& s, const events::purchase_completed& e, time_point) {
  settle(s, e.purchase, "completed", {});
}

void apply(listing::state& s, const events::purchase_failed& e, time_point) {
  settle(s, e.purchase, "failed", e.code);
  s.stock += e.quantity;
}

// --- answers
// ----------------------------------------------------------------------------------------------------------

void write_offer(json_writer& out, const listing::state& s) {
  out.field("id", s.id.text).field("listingId", s.id.text).field("title", s.title).field("description", s.description);
  out.field("priceMinor", s.price).field("currency", s.currency).field("stock", s.stock).field("inStock", s.stock > 0);
  out.field("sellerId", s.seller.text).field("status", s.closed ? "closed" : "open");
  out.field("createdAt", to_iso8601(s.created_at)).field("updatedAt", to_iso8601(s.changed_at));
}

void write_purchase(json_writer& out, const listing::state& s, const purchase_id& id) {
  const auto* ended = s.settled.find(id);
  const auto open = s.open.find(id);
  if (!ended && open == s.open.end()) return;
  const auto& p = ended ? ended->purchase : open->second;
  out.field("id", id.text).field("purchaseId", id.text).field("listingId", s.id.text).field("buyerId", p.buyer.text);
  out.field("sellerId", s.seller.text).field("quantity", p.quantity).field("amountMinor", p.amount);
  out.field("currency", p.currency).field("status", ended ? std::string_view{ended->status} : "pending");
  if (ended && !ended->code.empty()) out.field("code", ended->code);
}

} // namespace

stream_id stream_of(const listing_id& id) { return make_stream(listing::family, id.text); }

listing_id listing_of(const purchase_id& id) {
  const auto dot = id.text.find('.');
  return dot == std::string::npos || dot + 1 == id.text.size() ? listing_id{} : listing_id{id.text.substr(0, dot)};
}

result<decision<listing::event>> listing::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void listing::evolve(state& s, const event& e, time_point when) {
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string listing::reply(const state& after, const command& c, const context&, version) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  if (const auto* bought = std::get_if<purchase>(&c))
    write_purchase(out, after, bought->id);
  else if (const auto* asked = std::get_if<read_purchase>(&c))
    write_purchase(out, after, asked->id);
  else if (!std::holds_alternative<complete_purchase>(c) && !std::holds_alternative<fail_purchase>(c))
    write_offer(out, after);
  out.end_object();
  return text;
}

std::string listing::snapshot(const state& s) { return write_snapshot(s); }
result<listing::state> listing::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
