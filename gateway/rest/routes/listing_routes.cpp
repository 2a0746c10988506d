// /api/marketplace/listings: what is for sale. Open to read; a registered user offers and changes their own.

#include "actors/domain/market/listing.hpp"
#include "actors/domain/money.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/market_rows.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"

#include <charconv>

namespace parley::gateway {
namespace {

using domain::listing;

constexpr auto price_max = static_cast<std::int64_t>(domain::amount_max);
constexpr auto stock_max = static_cast<std::int64_t>(domain::stock_max);
constexpr std::size_t currency_bytes_max = 16;

std::optional<std::uint64_t> as_unsigned(std::optional<std::int64_t> n) {
  if (!n) return std::nullopt;
  return static_cast<std::uint64_t>(*n);
}

// --- reading
// ----------------------------------------------------------------------------------------------------------

result<std::uint64_t> read_price(const http_request& request, std::string_view name, std::uint64_t otherwise) {
  const auto text = request.parameter(name);
  if (text.empty()) return otherwise;
  std::uint64_t price = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), price);
  if (bad != std::errc{} || end != text.data() + text.size() || price > domain::balance_max)
    return fail(errc::invalid, std::string{name} + " takes a whole number of minor units");
  return price;
}

result<listing_filter> read_filter(const http_request& request) {
  constexpr std::size_t search_bytes_max = 200;
  filters given{request};
  listing_filter f;
  f.search = given.text(request.parameter("q").empty() ? "search" : "q", search_bytes_max);
  f.seller = {given.id(request.parameter("seller").empty() ? "sellerId" : "seller")};
  f.currency = given.text("currency", currency_bytes_max);
  if (given.refusal()) return tl::make_unexpected(*given.refusal());
  if (!f.currency.empty() && !domain::is_currency(f.currency))
    return fail(errc::wrong_currency, "currency must be an ISO 4217 code");
  const auto min = read_price(request, "minPrice", f.price_min), max = read_price(request, "maxPrice", f.price_max);
  if (!min) return tl::make_unexpected(min.error());
  if (!max) return tl::make_unexpected(max.error());
  f.price_min = *min;
  f.price_max = *max;
  const auto stock = request.parameter("inStock");
  if (!stock.empty() && stock != "true" && stock != "false") return fail(errc::invalid, "inStock takes true or false");
  if (!stock.empty()) f.in_stock = stock == "true";
  return f;
}

void list_all(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto which = read_filter(c->request);
  if (!which) return c->refuse(which.error());
  const auto answered = [c](const page<listing_row>& p) {
    answer_page(c, p, [](const listing_row& row) { return to_json(row); });
  };
  c->with.market.listings(*which, *asked, c->at_least(), or_refuse<page<listing_row>>(c, answered));
}

void get_one(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::listing_not_found, {}, 0});
  const auto found = [c](const std::optional<listing_row>& row) {
    if (!row) return c->refuse({errc::listing_not_found, {}, 0});
    answer_one(c, to_json(*row), row->version);
  };
  c->with.market.listing({named}, c->at_least(), or_refuse<std::optional<listing_row>>(c, found));
}

// --- offering
// ---------------------------------------------------------------------------------------------------------

shape shaped(int status) {
  return [status](const answer& a) {
    auto r = success_with(status, a.body, "listing");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  };
}

void create(const call_ptr& c) {
  fields f{c->body};
  listing::create command;
  command.title = f.required_text("title", domain::listing_title_bytes_max);
  command.description = f.optional_text("description", domain::listing_description_bytes_max);
  command.currency = f.required_text("currency", currency_bytes_max);
  const auto price = f.optional_integer("priceMinor", 1, price_max);
  if (!price) f.refuse(errc::malformed, "priceMinor is missing");
  command.stock = as_unsigned(f.optional_integer("stock", 0, stock_max)).value_or(1);
  if (f.refusal()) return c->refuse(*f.refusal());
  command.price = static_cast<std::uint64_t>(*price);
  command.id = {c->new_id("ls_", c->who->user.text)};
  const auto stream = domain::stream_of(command.id);
  write<listing>(c, stream, std::move(command), shaped(201));
}

/// The stream of the listing in the path; false when it can be none, and the answer is out.
bool find_stream(const call_ptr& c, stream_id& stream) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named) || named.size() > domain::listing_id_bytes_max) {
    c->refuse({errc::listing_not_found, {}, 0});
    return false;
  }
  stream = domain::stream_of({named});
  return true;
}

void change(const call_ptr& c) {
  stream_id stream;
  if (!find_stream(c, stream)) return;
  fields f{c->body};
  // Clients and proxies may send a PUT again on their own (RFC 9110 section 9.2.2), and a difference counts each time.
  if (c->request.method == "PUT" && c->body.contains("stockDelta"))
    f.refuse(errc::malformed, "stockDelta is taken by PATCH only");
  listing::change command;
  const auto text = [&](const char* name, std::size_t bytes_max, std::optional<std::string>& to) {
    if (const auto at = c->body.find(name); at != c->body.end() && !at->is_null())
      to = f.optional_text(name, bytes_max);
  };
  text("title", domain::listing_title_bytes_max, command.title);
  text("description", domain::listing_description_bytes_max, command.description);
  text("currency", currency_bytes_max, command.currency);
  command.price = as_unsigned(f.optional_integer("priceMinor", 1, price_max));
  command.stock = as_unsigned(f.optional_integer("stock", 0, stock_max));
  command.stock_delta = f.optional_integer("stockDelta", -stock_max, stock_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  write<listing>(c, stream, std::move(command), shaped(200));
}

void close(const call_ptr& c) {
  stream_id stream;
  if (find_stream(c, stream)) write<listing>(c, stream, listing::close{}, shaped(200));
}

} // namespace

void add_listing_routes(router& to) {
  to.add({"GET", {"/api/marketplace/listings"}, access::known, list_all});
  to.add({"POST", {"/api/marketplace/listings"}, access::registered, create, limited::as_creation});
  to.add({"GET", {"/api/marketplace/listings/:id"}, access::known, get_one});
  to.add({"PUT", {"/api/marketplace/listings/:id"}, access::registered, change});
  to.add({"PATCH", {"/api/marketplace/listings/:id"}, access::registered, change});
  to.add({"DELETE", {"/api/marketplace/listings/:id"}, access::registered, close});
}

} // namespace parley::gateway
