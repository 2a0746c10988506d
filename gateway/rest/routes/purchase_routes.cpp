// POST /api/marketplace/listings/:id/purchase, and what became of it. A purchase is paid by a process in the
// background; the answer waits for its end, as a front end expects, but not longer than a listing lets one wait (two
// seconds): then it is 202 with a Location to look again.

#include "actors/domain/market/listing.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/market_rows.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"

namespace parley::gateway {
namespace {

using domain::listing;

constexpr auto quantity_max = static_cast<std::int64_t>(domain::stock_max);
constexpr auto price_max = static_cast<std::int64_t>(domain::amount_max);
constexpr std::size_t currency_bytes_max = 16;

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// Completed: 201. Failed: why, with the status of that. Not known yet: 202.
void answer_with(const call_ptr& c, answer a) {
  const auto purchase = nlohmann::json::parse(a.body, nullptr, false);
  const auto id = text_in(purchase, "id"), status = text_in(purchase, "status");
  // What ended it was written by others than the caller, who wants to see it all the same.
  if (c->with.head) a.at = std::max(a.at, c->with.head());
  if (a.at != 0) c->with.writes.wrote(c->who->user, a.at);
  if (status == "failed") {
    const auto code = errc_of(text_in(purchase, "code")).value_or(errc::conflict);
    return c->refuse({code, "the purchase failed: " + std::string{describe(code).title}, 0});
  }
  auto r = success_with(status == "completed" ? 201 : 202, a.body, "purchase");
  r.headers.emplace_back("Location", "/api/marketplace/purchases/" + id);
  c->wrote(c->who->user, a, r);
  c->answer(std::move(r));
}

/// The listing has it; now its end is waited for.
void await_end(const call_ptr& c, const stream_id& stream, const answer& requested) {
  const auto id = text_in(nlohmann::json::parse(requested.body, nullptr, false), "id");
  request<listing> r{listing::read_purchase{{id}, true}, c->by(), {}, {}, {}};
  r.respond = reply{[c, requested](result<answer> ended) {
    // A listing that went away meanwhile remembers nothing of purchases that ended; the read model does.
    if (!ended) return answer_with(c, requested);
    ended->at = requested.at;
    answer_with(c, std::move(*ended));
  }};
  c->with.entities.ask(stream, std::move(r));
}

void purchase(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named) || named.size() > domain::listing_id_bytes_max)
    return c->refuse({errc::listing_not_found, {}, 0});
  fields f{c->body};
  listing::purchase command;
  command.quantity = static_cast<std::uint64_t>(f.optional_integer("quantity", 1, quantity_max).value_or(1));
  if (const auto seen = f.optional_integer("priceMinor", 1, price_max))
    command.price_seen = static_cast<std::uint64_t>(*seen);
  command.currency_seen = f.optional_text("currency", currency_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  // A repeat with the same key is answered with the first one's id, so the id need not follow from the key.
  command.id = {random_id(c->with.random, named + ".p_")};
  const auto stream = domain::stream_of({named});
  request<listing> r{std::move(command), c->by(), c->once(c->who->user.text), {}, {}};
  r.respond = reply{[c, stream](result<answer> requested) {
    if (!requested) return c->refuse(requested.error());
    await_end(c, stream, *requested);
  }};
  c->with.entities.ask(stream, std::move(r));
}

// --- looking again
// ----------------------------------------------------------------------------------------------------

void get_one(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  const error nothing{errc::not_found, "no such purchase", 0};
  if (!is_readable_id(named)) return c->refuse(nothing);
  const auto found = [c, nothing](const std::optional<purchase_row>& row) {
    if (!row || (row->buyer != c->who->user && row->seller != c->who->user)) return c->refuse(nothing);
    auto r = success(200, to_json(*row));
    r.headers.emplace_back("Cache-Control", "private, no-cache");
    c->answer(std::move(r));
  };
  c->with.market.purchase({named}, c->at_least(), or_refuse<std::optional<purchase_row>>(c, found));
}

void list_mine(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto role = c->request.parameter("role");
  if (!role.empty() && role != "buyer" && role != "seller")
    return c->refuse({errc::invalid, "role takes buyer or seller", 0});
  const auto answered = [c](const page<purchase_row>& p) {
    answer_page(c, p, [](const purchase_row& row) { return to_json(row); });
  };
  c->with.market.purchases(c->who->user, role == "seller", *asked, c->at_least(),
                           or_refuse<page<purchase_row>>(c, answered));
}

} // namespace

void add_purchase_routes(router& to) {
  to.add({"POST", {"/api/marketplace/listings/:id/purchase"}, access::registered, purchase});
  to.add({"GET", {"/api/marketplace/purchases"}, access::registered, list_mine});
  to.add({"GET", {"/api/marketplace/purchases/:id"}, access::registered, get_one});
}

} // namespace parley::gateway
