#include "actors/processes/purchases.hpp"

#include "events/json_writer.hpp"

namespace parley {
namespace {

using domain::inbox;
using domain::ledger;
using domain::listing;

constexpr std::string_view prefix = "purchase:";

errand pay(const events::purchase_requested& e) {
  const auto name = std::string{prefix} + e.purchase.text;
  ledger::transfer c{{name}, e.currency, {domain::wallet_of(e.buyer), domain::wallet_of(e.seller), e.amount, name}};
  c.tells_refusal = true;
  return {domain::ledger_of(e.currency), ledger::command{std::move(c)}};
}

/// The purchase that a transfer pays; empty when it is none of ours.
purchase_id paid_by(const transfer_id& transfer, std::string_view reference) {
  if (transfer.text != reference || !reference.starts_with(prefix)) return {};
  purchase_id id{std::string{reference.substr(prefix.size())}};
  return domain::listing_of(id).empty() ? purchase_id{} : id;
}

std::vector<errand> settle(const purchase_id& id, listing::command c) {
  if (id.empty()) return {};
  return {{domain::stream_of(domain::listing_of(id)), std::move(c)}};
}

/// The seller was not there when it was bought.
errand tell_seller(const events::purchase_completed& e) {
  std::string data;
  json_writer out{data};
  out.begin_object().field("purchaseId", e.purchase.text).field("listingId", domain::listing_of(e.purchase).text);
  out.field("buyerId", e.buyer.text).field("quantity", e.quantity).field("amountMinor", e.amount);
  out.field("currency", e.currency).end_object();
  inbox::notify n{e.seller, {"n_" + e.purchase.text}, "sale", "You sold something", {}, std::move(data)};
  return {make_stream(inbox::family, e.seller.text), inbox::command{std::move(n)}};
}

std::vector<errand> after(const events::listing_event& e) {
  if (const auto* requested = std::get_if<events::purchase_requested>(&e)) return {pay(*requested)};
  if (const auto* completed = std::get_if<events::purchase_completed>(&e)) return {tell_seller(*completed)};
  return {};
}

std::vector<errand> after(const events::ledger_event& e) {
  if (const auto* moved = std::get_if<events::transferred>(&e)) {
    const auto id = paid_by(moved->transfer, moved->reference);
    return settle(id, listing::complete_purchase{id});
  }
  const auto* refused = std::get_if<events::transfer_refused>(&e);
  if (!refused || refused->step != "transfer") return {};
  const auto id = paid_by(refused->transfer, refused->reference);
  return settle(id, listing::fail_purchase{id, refused->code});
}

} // namespace

std::vector<errand> react_to_purchase(const record&, const event& content) {
  if (const auto* e = std::get_if<events::listing_event>(&content)) return after(*e);
  if (const auto* e = std::get_if<events::ledger_event>(&content)) return after(*e);
  return {};
}

} // namespace parley
